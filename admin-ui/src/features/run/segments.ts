/** Where a step lies on the time axis of its run, piece by piece. */
import type { Step } from "@/lib/api";

export interface Span {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
}

export type SegmentKind = "work" | "failed" | "wait" | "taken" | "doubt";

export interface Segment {
  kind: SegmentKind;
  /** Shares of the whole, from 0 to 1. */
  from: number;
  to: number;
  /** Of a step with several attempts: which one. */
  attempt: number;
}

/** One piece per attempt; what waits for a person, a service or the next attempt is a piece of its own. */
export function segmentsOf(step: Step, span: Span): Segment[] {
  const share = (at: number) => Math.min(1, Math.max(0, (at - span.from) / Math.max(1, span.to - span.from)));
  const started = Date.parse(step.started_at);
  const ended = step.finished_at ? Date.parse(step.finished_at) : span.to;
  const pieces: Segment[] = [];
  let from = started;
  for (const { attempt, at } of step.attempts ?? []) {
    if (!at) continue;
    pieces.push({ kind: "failed", from: share(from), to: share(Date.parse(at)), attempt });
    from = Date.parse(at);
  }
  pieces.push({ kind: lastKind(step), from: share(from), to: share(ended), attempt: step.attempt });
  return pieces;
}

function lastKind(step: Step): SegmentKind {
  if (step.status === "in_doubt") return "doubt";
  if (step.status === "waiting") return "wait";
  if (step.status === "failed") return "failed";
  if (step.reused_from) return "taken";
  return step.kind === "approval" ? "wait" : "work";
}

/** What the run's axis covers: all of its steps, up to now while it goes on. */
export function spanOf(
  steps: Step[],
  run: { started_at: string | null; finished_at: string | null },
  now: number,
): Span {
  const times = steps.map(({ started_at }) => Date.parse(started_at));
  if (run.started_at) times.push(Date.parse(run.started_at));
  const from = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const to = run.finished_at ? Date.parse(run.finished_at) : now;
  return Number.isFinite(from) ? { from, to: Math.max(to, from + 1) } : { from: now, to: now + 1 };
}
