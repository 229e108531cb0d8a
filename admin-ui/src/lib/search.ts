/** What a page keeps of a URL's search. */

/** The named texts that are there; numbers are texts that look like one. */
export function textsOf<K extends string>(
  search: Record<string, unknown>,
  keys: readonly K[],
): { [P in K]?: string } {
  const found: { [P in K]?: string } = {};
  for (const key of keys) {
    const value = search[key];
    if (typeof value === "string" && value !== "") found[key] = value;
    else if (typeof value === "number" || typeof value === "boolean") found[key] = String(value);
  }
  return found;
}

/**
 * One of the known words. Anything else becomes undefined rather than left out: what a route leaves out of its
 * search comes through as it stands in the URL.
 */
export function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((word) => word === value);
}

/** The known ones among words separated by commas, in the known order. */
export function wordsOf<T extends string>(text: string | undefined, known: readonly T[]): T[] {
  const wanted = (text ?? "").split(",");
  return known.filter((word) => wanted.includes(word));
}

/** The chosen words as the URL has them once one more is switched on or off; undefined for none. */
export function switched<T extends string>(chosen: T[], word: T | null): string | undefined {
  if (word === null) return undefined;
  const next = chosen.includes(word) ? chosen.filter((other) => other !== word) : [...chosen, word];
  return next.join(",") || undefined;
}
