import { expect, it } from "vitest";
import type { Plan, PlanStep } from "@/lib/api";
import { planChanges } from "./plan-difference";

const step = (seq: number, skill: string, action: PlanStep["action"], reason: string): PlanStep => ({
  seq,
  kind: "skill",
  skill,
  recorded_seq: null,
  action,
  expected: action,
  outcome: null,
  reason,
  reused_from: null,
  warnings: [],
  decision: null,
  effect: null,
  estimate: null,
});
const plan = (steps: PlanStep[], more: Partial<Plan> = {}): Plan =>
  ({ steps, effects: [], versions: [], ends: null, plan_token: "t", ...more }) as unknown as Plan;

it("names what differs, and nothing that only moved", () => {
  const before = plan([step(2, "fetch", "reuse", "unchanged"), step(4, "pay", "execute", "anew")]);
  const after = plan([
    step(2, "look-up", "execute", "not carried out before"),
    step(4, "fetch", "reuse", "unchanged"),
    step(6, "pay", "reuse", "not repeated"),
  ]);
  expect(planChanges(before, after)).toEqual([
    { what: "pay", before: "executed: anew", after: "reused: not repeated" },
    { what: "look-up", before: null, after: "executed: not carried out before" },
  ]);
  expect(planChanges(before, before)).toEqual([]);
});

it("tells a skill's second time from its first", () => {
  const twice = [step(2, "pay", "reuse", "a"), step(4, "pay", "execute", "b")];
  expect(planChanges(plan(twice), plan(twice.slice(0, 1)))).toEqual([
    { what: "pay, time 2", before: "executed: b", after: null },
  ]);
});

it("tells of a version and of an end", () => {
  const versions = [{ skill: "pay", recorded: "a".repeat(64), rerun: "b".repeat(64) }];
  const ends = { type: "plan-diverged", message: "the recording ends here", seq: 3 };
  expect(planChanges(plan([]), plan([], { versions, ends }))).toEqual([
    { what: "version of pay", before: null, after: "bbbbbbbbbbbb" },
    { what: "end", before: null, after: "the recording ends here" },
  ]);
});
