/** What a plan's steps took last time, in one sentence; unknown is said, never counted as nothing. */
import type { Plan } from "@/lib/api";
import { inDollars } from "@/lib/money";
import { duration } from "@/lib/time";

export function estimateText({ estimate }: Plan): string {
  const tokens = Number(estimate.tokens);
  const known = [
    `about ${duration(Number(estimate.seconds) * 1000)}`,
    tokens > 0 ? `${tokens.toLocaleString("en")} tokens` : "no tokens",
    inDollars(estimate.money),
  ].join(", ");
  const unknown = (["seconds", "tokens", "money"] as const).flatMap((name) => {
    const count = Number(estimate[`${name}_unknown`]);
    const what = name === "seconds" ? "time" : name;
    return count > 0 ? [`${what} of ${count} ${count === 1 ? "step" : "steps"}`] : [];
  });
  return unknown.length > 0 ? `${known}; unknown: ${unknown.join(", ")}` : known;
}

/** "2 effects would happen again", and for how many of them nobody has agreed; null where none would. */
export function happensAgainText({ effects }: Pick<Plan, "effects">): string | null {
  const asked = effects.filter(({ state }) => state === "needs_consent").length;
  const all = asked + effects.filter(({ state }) => state === "happens_again").length;
  if (all === 0) return null;
  const said = `${all} ${all === 1 ? "effect" : "effects"} would happen again`;
  return asked > 0 ? `${said}, ${asked === all ? "" : `${asked} `}not agreed to yet` : `${said}, as agreed`;
}

/** "2 reused, 1 executed, 0 open"; a line never ends between a number and its word. */
export function countsText({ reuse, execute, open }: Plan["counts"]): string {
  return `${reuse}\u00a0reused, ${execute}\u00a0executed, ${open}\u00a0open`;
}
