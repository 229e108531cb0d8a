/** Lengths of time as they are typed: a number and its unit. */
export const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
export type Unit = keyof typeof UNITS;

export interface Span {
  count: string;
  unit: Unit;
}

/** In the largest unit that needs no fraction. */
export function spanOf(seconds: number): Span {
  const unit = (["days", "hours", "minutes"] as const).find(
    (name) => seconds > 0 && seconds % UNITS[name] === 0,
  );
  return { count: String(seconds / UNITS[unit ?? "seconds"]), unit: unit ?? "seconds" };
}

/** In whole seconds; null while it is no number. */
export function secondsOf({ count, unit }: Span): number | null {
  return /^\d{1,9}$/.test(count.trim()) ? Number(count) * UNITS[unit] : null;
}

/** "90 s", "2 min", "1 h". */
export function shortSpan(seconds: number): string {
  const { count, unit } = spanOf(seconds);
  return `${count} ${{ seconds: "s", minutes: "min", hours: "h", days: "d" }[unit]}`;
}
