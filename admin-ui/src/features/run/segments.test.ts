import { expect, it } from "vitest";
import type { Step } from "@/lib/api";
import { segmentsOf, spanOf } from "./segments";

const at = (second: number) => new Date(second * 1000).toISOString();
const step = (more: Partial<Step>) =>
  ({ kind: "skill", status: "completed", attempt: 1, attempts: null, reused_from: null, ...more }) as Step;
const SPAN = { from: 0, to: 100_000 };

it("has one piece per attempt", () => {
  const twice = step({
    started_at: at(10),
    finished_at: at(60),
    attempt: 2,
    attempts: [{ attempt: 1, at: at(30), error: null }],
  });
  expect(segmentsOf(twice, SPAN)).toEqual([
    { kind: "failed", from: 0.1, to: 0.3, attempt: 1 },
    { kind: "work", from: 0.3, to: 0.6, attempt: 2 },
  ]);
});

it("tells waiting and taking over from work", () => {
  const kinds = (more: Partial<Step>) =>
    segmentsOf(step({ started_at: at(0), finished_at: null, ...more }), SPAN).map(({ kind, to }) => [
      kind,
      to,
    ]);
  expect(kinds({ status: "waiting" })).toEqual([["wait", 1]]);
  expect(kinds({ status: "in_doubt" })).toEqual([["doubt", 1]]);
  expect(kinds({ kind: "approval", finished_at: at(50) })).toEqual([["wait", 0.5]]);
  expect(kinds({ reused_from: { why: "kept" } as Step["reused_from"], finished_at: at(0) })).toEqual([
    ["taken", 0],
  ]);
  expect(kinds({ status: "failed", finished_at: at(20) })).toEqual([["failed", 0.2]]);
});

it("covers the run's time, up to now while it goes on", () => {
  const steps = [step({ started_at: at(5) })];
  expect(spanOf(steps, { started_at: at(2), finished_at: at(9) }, 0)).toEqual({ from: 2000, to: 9000 });
  expect(spanOf(steps, { started_at: null, finished_at: null }, 7000)).toEqual({ from: 5000, to: 7000 });
  expect(spanOf([], { started_at: null, finished_at: null }, 7000)).toEqual({ from: 7000, to: 7001 });
});
