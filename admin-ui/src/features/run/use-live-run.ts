/** Keeps the pages' cache of one run up to date from its event stream. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { RunDetail, RunEvent, Step } from "@/lib/api";
import { followRun } from "@/lib/follow";
import { isFinal } from "@/lib/status";
import { runKeys, runOptions } from "@/queries/runs";

/** Puts a step into its place; an older version of it changes nothing. */
export function withStep(steps: Step[], step: Step): Step[] {
  const known = steps.find(({ seq }) => seq === step.seq);
  if (known && known.version >= step.version) return steps;
  return [...steps.filter(({ seq }) => seq !== step.seq), step].sort((left, right) => left.seq - right.seq);
}

/** Follows the run while it moves; returns whether events arrive right now. */
export function useLiveRun(threadId: string, on: boolean): boolean {
  const queries = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    const onStep = (step: Step) => {
      queries.setQueryData<Step[]>(runKeys.steps(threadId), (steps) => withStep(steps ?? [], step));
    };
    const onRun = ({
      status,
      error,
      started_at,
      finished_at,
      tokens,
      money,
      not_repeated,
      version,
    }: RunEvent) => {
      queries.setQueryData<RunDetail>(runOptions(threadId).queryKey, (run) =>
        run && version >= run.version
          ? { ...run, status, error, started_at, finished_at, tokens, money, not_repeated, version }
          : run,
      );
      // Waits, data and what may be done now are not in the event.
      void queries.invalidateQueries({ queryKey: runOptions(threadId).queryKey });
      void queries.invalidateQueries({ queryKey: runKeys.status(threadId) });
      if (isFinal(status)) void queries.invalidateQueries({ queryKey: runKeys.steps(threadId), exact: true });
    };
    void followRun(threadId, { onStep, onRun, onLive: setLive }, stop.signal).finally(() => setLive(false));
    return () => stop.abort();
  }, [queries, threadId, on]);
  return live;
}

/** Reads the steps of a finished run once more where they were read before its end, and the run after it. */
export function useStepsToTheEnd(threadId: string, run?: RunDetail, steps?: Step[]): void {
  const queries = useQueryClient();
  const behind =
    !!run && !!steps && isFinal(run.status) && steps.every(({ version }) => version < run.version);
  useEffect(() => {
    if (behind) void queries.invalidateQueries({ queryKey: runKeys.steps(threadId), exact: true });
  }, [queries, threadId, behind]);
}
