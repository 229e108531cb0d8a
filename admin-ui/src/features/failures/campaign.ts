/** A campaign: a batch over the failures of one kind, a few first. */
import type { BatchChoice, BatchTarget } from "@/features/batches/batch-choice";
import type { FailureGroup } from "@/lib/api/failures";

const CANARY = 5;
const PAUSE_ABOVE_PERCENT = 20;

export function campaignTarget({ skill, signature }: FailureGroup): BatchTarget {
  return { filter: { failed_skill: skill, signature, open: true } };
}

/** A handful goes first; where there is no more than that, there is nothing to hold back. */
export function campaignChoice({ skill, error_type, count, dismissed }: FailureGroup): Partial<BatchChoice> {
  return {
    name: `Campaign: ${skill || error_type}`,
    canary: count - dismissed > CANARY ? String(CANARY) : "",
    failureRate: String(PAUSE_ABOVE_PERCENT),
  };
}
