import { expect, it } from "vitest";
import type { RunDetail, Step } from "@/lib/api";
import { countKinds, firstLook, lookedFor, stepRows } from "./step-rows";

const step = (seq: number, decision: number, more: Partial<Step> = {}): Step =>
  ({
    seq,
    decision,
    kind: seq === decision ? "decision" : "skill",
    skill: seq === decision ? null : `skill-${seq}`,
    status: "completed",
    reason: null,
    inputs: null,
    outputs: null,
    reused_from: null,
    error: null,
    ...more,
  }) as Step;

const steps = [
  step(1, 1),
  step(2, 1, { outputs: { parcel: { weight: 3 } } }),
  step(3, 1, { reused_from: { why: "reused" } as Step["reused_from"] }),
  step(4, 4),
  step(5, 4, { status: "failed", error: { type: "timeout", message: "took too long" } as Step["error"] }),
];
const seqs = (closed: number[], filter = {}) =>
  stepRows(steps, new Set(closed), filter).map((row) => row.step.seq);

it("puts what a decision had carried out below it, and hides that in a closed one", () => {
  expect(seqs([])).toEqual([1, 2, 3, 4, 5]);
  expect(seqs([1])).toEqual([1, 4, 5]);
  const rows = stepRows(steps, new Set([1]), {});
  expect(rows[0]).toMatchObject({ level: 1, below: 2, open: false, place: 1, of: 2 });
  expect(rows[2]).toMatchObject({ level: 2, place: 1, of: 1 });
});

it("finds by kind and by text, also in a closed decision", () => {
  expect(seqs([1, 4], { only: "failed" })).toEqual([4, 5]);
  expect(seqs([], { only: "reused" })).toEqual([1, 3]);
  expect(seqs([], { only: "executed" })).toEqual([1, 2, 4, 5]);
  expect(seqs([], { find: "Parcel.weight" })).toEqual([1, 2]);
  expect(seqs([], { find: "too long", only: "failed" })).toEqual([4, 5]);
  expect(seqs([], { find: "nowhere" })).toEqual([]);
  expect(countKinds(steps)).toEqual({ failed: 1, executed: 2, reused: 1 });
});

it("looks at what was asked for, then at what failed, then at what waits, then at what came first", () => {
  const error = { type: "timeout", message: "", seq: 5 };
  const waiting = [{ step: 3 }] as RunDetail["waiting"];
  expect(lookedFor(4, { error, waiting })).toBe(4);
  expect(lookedFor(undefined, { error, waiting })).toBe(5);
  expect(lookedFor(undefined, { error: null, waiting })).toBe(3);
  expect(lookedFor(undefined, { error: null, waiting: null })).toBeUndefined();
  expect(firstLook(steps)?.seq).toBe(2);
  expect(firstLook([])).toBeUndefined();
});
