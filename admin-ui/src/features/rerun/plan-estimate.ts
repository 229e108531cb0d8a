/** What a plan's steps took last time, in one sentence; unknown is said, never counted as nothing. */
import type { Plan } from "@/lib/api";
import { duration } from "@/lib/time";

export function estimateText({ estimate }: Plan): string {
  const tokens = Number(estimate.tokens);
  const known = [
    `about ${duration(Number(estimate.seconds) * 1000)}`,
    tokens > 0 ? `${tokens.toLocaleString("en")} tokens` : "no tokens",
    `$${estimate.money}`,
  ].join(", ");
  const unknown = (["seconds", "tokens", "money"] as const).flatMap((name) => {
    const count = Number(estimate[`${name}_unknown`]);
    const what = name === "seconds" ? "time" : name;
    return count > 0 ? [`${what} of ${count} ${count === 1 ? "step" : "steps"}`] : [];
  });
  return unknown.length > 0 ? `${known}; unknown: ${unknown.join(", ")}` : known;
}

export function countsText({ reuse, execute, open }: Plan["counts"]): string {
  return `${reuse} reused, ${execute} executed, ${open} open`;
}
