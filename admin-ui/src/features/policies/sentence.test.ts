import { describe, expect, it } from "vitest";
import type { PolicyRequest } from "@/lib/api/policies";
import { parseJson } from "@/lib/json";
import { howOf, policyLimits, policySentence } from "./sentence";

const rule: Omit<PolicyRequest, "name"> = {
  matches: { sop_name: "order-intake" },
  rerun: { from: "failure", results: "unchanged" },
  attempts: 3,
  backoff: { first_seconds: 30, factor: 2, most_seconds: 3600, jitter: 0.2 },
  error_types: null,
  family_cap: null,
  window_cap: null,
  breaker: { failures: 20, seconds: 600, rest_seconds: 900 },
  manual_too: false,
};

describe("policySentence", () => {
  it("says which, how, how often and when", () => {
    expect(policySentence(rule)).toBe(
      "Reruns failed runs of order-intake from the failed step, up to 3 times, after 30 s, 1 min, 2 min ±20 %.",
    );
  });
  it("says which runs by labels and skill", () => {
    const matches = { metadata: { team: "ops", tier: 1 }, skill: "pay-refund" };
    expect(policySentence({ ...rule, matches })).toContain(
      "Reruns failed runs with team=ops and tier=1 in which pay-refund failed from the failed step",
    );
    expect(policySentence({ ...rule, matches: {} })).toContain("Reruns every failed run from");
    expect(policySentence({ ...rule, matches: null })).toContain("Reruns every failed run from");
  });
  it("says pauses that don't grow, none at all, and where many end", () => {
    const with_ = (backoff: Partial<PolicyRequest["backoff"]>, attempts = 3) =>
      policySentence({ ...rule, attempts, backoff: { ...rule.backoff, jitter: 0, ...backoff } });
    expect(with_({ factor: 1 })).toContain("up to 3 times, each time after 30 s.");
    expect(with_({}, 1)).toContain("once, after 30 s.");
    expect(with_({ first_seconds: 0 })).toContain("up to 3 times, at once.");
    expect(with_({ factor: parseJson("1.5") as number }, 2)).toContain("after 30 s, 45 s.");
    expect(with_({}, 10)).toContain("after 30 s, 1 min, 2 min, 4 min … 1 h.");
  });
  it("says which errors qualify", () => {
    expect(policySentence({ ...rule, error_types: ["timeout", "http-503"] })).toContain(
      ", only after timeout or http-503.",
    );
  });
});

it("says what limits it", () => {
  expect(policyLimits(rule)).toEqual([
    "When a skill fails 20 times within 10 min, its reruns rest for 15 min.",
  ]);
  const more = { ...rule, family_cap: 5, window_cap: { reruns: 100, seconds: 3600 }, manual_too: true };
  expect(policyLimits(more).slice(1)).toEqual([
    "At most 5 automatic reruns in one family.",
    "At most 100 reruns in 1 h.",
    "Also reruns that people asked for.",
  ]);
});

it("knows the ways of rerunning by their fields", () => {
  expect(howOf({ format: 1, from: "failure", results: "unchanged" })).toBe("failure");
  expect(howOf({ format: 1 })).toBe("start");
  expect(howOf({ from: "start" })).toBe("start");
  expect(howOf({ plan: "unchanged", results: "unchanged" })).toBe("changed");
  expect(howOf({ plan: "recorded" })).toBeNull();
});
