import { describe, expect, it } from "vitest";
import type { Policy } from "@/lib/api/policies";
import { writeJson } from "@/lib/json";
import { emptyPolicy, type PolicyDraft, policyDraft, policyRequest } from "./draft";

const named: PolicyDraft = { ...emptyPolicy(), name: "Try again" };

const saved = {
  name: "Try again",
  matches: { sop_name: "order-intake", metadata: { team: "ops" }, skill: null },
  rerun: { format: 1, from: "failure", results: "unchanged", skills: "pinned" },
  attempts: 5,
  backoff: { first_seconds: 45, factor: 1.5, most_seconds: 7200, jitter: 0.07 },
  error_types: ["timeout"],
  family_cap: 4,
  window_cap: { reruns: 100, seconds: 3600 },
  breaker: { failures: 3, seconds: 60, rest_seconds: 90 },
  manual_too: true,
} as unknown as Policy;

describe("policyRequest", () => {
  it("begins with what the server takes by default", () => {
    expect(policyRequest(named)).toEqual({
      name: "Try again",
      matches: {},
      rerun: { from: "failure", results: "unchanged" },
      attempts: 3,
      backoff: { first_seconds: 60, factor: 2, most_seconds: 3600, jitter: 0.2 },
      error_types: null,
      family_cap: null,
      window_cap: null,
      breaker: { failures: 20, seconds: 600, rest_seconds: 900 },
      manual_too: false,
    });
  });

  it("gives a saved policy back as it was, also what the form has no field for", () => {
    expect(policyRequest(policyDraft(saved))).toEqual({
      ...saved,
      matches: { sop_name: "order-intake", metadata: { team: "ops" } },
      rerun: { from: "failure", results: "unchanged", skills: "pinned" },
    });
  });

  it("keeps freedoms that have no name together, until a way is chosen", () => {
    const draft = policyDraft({ ...saved, rerun: { format: 1, plan: "recorded", skills: "pinned" } });
    expect(draft.how).toBeNull();
    expect(policyRequest(draft)?.rerun).toEqual({ plan: "recorded", skills: "pinned" });
    expect(policyRequest({ ...draft, how: "start" })?.rerun).toEqual({ skills: "pinned" });
  });

  it("sends numbers as they were typed", () => {
    expect(writeJson(policyRequest({ ...named, factor: "1.10" })?.backoff)).toContain('"factor":1.10');
  });

  it.each<[string, Partial<PolicyDraft>]>([
    ["no name", { name: " " }],
    ["no attempts", { attempts: "0" }],
    ["half a number", { factor: "1." }],
    ["no JSON", { metadata: "{" }],
    ["no error type", { onlySome: true }],
    ["a cap that is none", { familyCap: "few" }],
    ["no pause", { first: { count: "", unit: "days" } }],
  ])("is null with %s", (_, part) => expect(policyRequest({ ...named, ...part })).toBeNull());
});
