/** How a figure differs, with its sign. */
export interface Figure {
  /** null: unknown */
  left: number | null;
  right: number | null;
  delta: number | null;
}

/** "+1.2 s (+40%)", "−3", "same" or "unknown". */
export function signed({ left, delta }: Figure, shown: (value: number) => string): string {
  if (delta === null) return "unknown";
  if (delta === 0) return "same";
  const sign = delta > 0 ? "+" : "−";
  const share = left ? Math.round((Math.abs(delta) / Math.abs(left)) * 100) : 0;
  return `${sign}${shown(Math.abs(delta))}${share > 0 && share < 1000 ? ` (${sign}${share}%)` : ""}`;
}
