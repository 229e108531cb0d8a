/** Keeps the pages' cache of one run up to date from its event stream. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { RunDetail, RunEvent, Step } from "@/lib/api";
import { followRun } from "@/lib/follow";
import { isFinal } from "@/lib/status";
import { mergeSteps } from "@/lib/steps";
import { runKeys, runOptions } from "@/queries/runs";

/** Steps that arrive within this time are shown together: a long run tells of all of its steps at first. */
const TOGETHER_MS = 50;

/** Follows the run while it moves; returns whether events arrive right now. */
export function useLiveRun(threadId: string, on: boolean): boolean {
  const queries = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    let arrived: Step[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      clearTimeout(timer);
      timer = undefined;
      if (arrived.length === 0) return;
      const more = arrived;
      arrived = [];
      queries.setQueryData<Step[]>(runKeys.steps(threadId), (steps) => mergeSteps(steps ?? [], more));
    };
    const onStep = (step: Step) => {
      arrived.push(step);
      timer ??= setTimeout(show, TOGETHER_MS);
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
      show();
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
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
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
