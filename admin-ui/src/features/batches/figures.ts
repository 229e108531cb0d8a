/** Figures of batches in words; what is unknown is said, never counted as nothing. */
import type { Batch, BatchCounts, BatchPlan } from "@/lib/api/batches";
import { duration } from "@/lib/time";

/** Items that nothing more happens to. */
export function doneOf({ total, pending, running, waiting }: BatchCounts): number {
  return total - pending - running - waiting;
}

/** How many items there are, or will be once all are there. */
export function countOf({ counts, filled, expected, expected_capped }: Batch): string {
  if (filled) return counts.total.toLocaleString("en");
  if (expected_capped) return "10,000+";
  return Math.max(counts.total, expected ?? 0).toLocaleString("en");
}

/** Why it stands where it does, without how many people it waits for, which stands beside it. */
export function noteOf({ note }: Pick<Batch, "note">): string | null {
  return note?.replace(/(^|; )\d+ waits? for a person$/, "") || null;
}

export function runsText(count: number, capped: boolean): string {
  if (capped) return `${count.toLocaleString("en")}+ runs`;
  return count === 1 ? "1 run" : `${count.toLocaleString("en")} runs`;
}

export function spentText({ spent }: Pick<Batch, "spent">): string {
  if (spent.tokens === 0 && Number(spent.money) === 0 && spent.money_unknown === 0) return "nothing";
  const tokens = `${spent.tokens.toLocaleString("en")} tokens`;
  if (spent.money !== null) return `${tokens}, $${spent.money}`;
  return `${tokens}, price of ${spent.money_unknown} unknown`;
}

export function budgetText({ budget }: Pick<Batch, "budget">): string {
  const limits = [
    budget.tokens === null ? null : `${budget.tokens.toLocaleString("en")} tokens`,
    budget.money === null ? null : `$${budget.money}`,
  ].filter(Boolean);
  return limits.length === 0 ? "no limit" : `of ${limits.join(", ")}`;
}

/** What all of it may take, if the runs are like those that were looked at. */
export function estimateOf({ estimate }: BatchPlan): string {
  const { tokens, money, seconds } = estimate;
  return [
    tokens === null ? "tokens unknown" : tokens === 0 ? "no tokens" : `${tokens.toLocaleString("en")} tokens`,
    money === null ? "price unknown" : `$${money}`,
    seconds === null ? "time unknown" : `${duration(Number(seconds) * 1000)} of work`,
  ].join(", ");
}

/** A share such as 0.2 as it is said: 20 %. */
export function percent(share: unknown): string {
  return `${Number((Number(String(share)) * 100).toFixed(4))} %`;
}
