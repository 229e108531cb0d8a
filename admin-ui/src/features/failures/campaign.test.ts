import { expect, it } from "vitest";
import { batchRequestOf, firstBatchChoice } from "@/features/batches/batch-choice";
import type { FailureGroup } from "@/lib/api/failures";
import { campaignChoice, campaignTarget } from "./campaign";

function asked(count: number, skill = "count-stock") {
  const group = { skill, error_type: "limit", signature: "s #", count, dismissed: 1 } as FailureGroup;
  return batchRequestOf(campaignTarget(group), firstBatchChoice(campaignChoice(group)));
}

it("reruns the open failures of the kind, five first, and pauses where many fail", () => {
  expect(asked(300)).toEqual({
    filter: { failed_skill: "count-stock", signature: "s #", open: true },
    name: "Campaign: count-stock",
    rerun: { from: "failure", results: "unchanged", skills: "latest" },
    canary: 5,
    stop_at_failure_rate: 0.2,
  });
});

it("holds nothing back where there is no more than a handful", () => {
  expect(asked(6)).not.toHaveProperty("canary");
});

it("is named for the error where no skill failed", () => {
  expect(asked(2, "")).toMatchObject({ name: "Campaign: limit", filter: { failed_skill: "" } });
});
