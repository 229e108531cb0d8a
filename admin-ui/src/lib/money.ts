/** Money for people. */
import type { LosslessNumber } from "lossless-json";

/** "$4.20", "$0.0042": two decimals at least, and never fewer digits than are known. */
export function inDollars(money: number | LosslessNumber): string {
  const [text, whole, decimals = ""] = /^(\d+)(?:\.(\d+))?$/.exec(String(money)) ?? [String(money)];
  return whole === undefined ? `$${text}` : `$${whole}.${decimals.padEnd(2, "0")}`;
}
