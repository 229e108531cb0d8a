/** Reruns under way, kept in the mutation cache so that every page sees the same. */
import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { type RerunRequest, type RerunStarted, type RunItem, rerunWorkflow } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { runKeys } from "@/queries/runs";

/** As much of the run that is rerun as the list needs to show the new row. */
export type RerunOf = Pick<RunItem, "thread_id" | "run_name" | "root_thread_id" | "sop_name" | "sop_title">;

export interface RerunOrder {
  of: RerunOf;
  request: RerunRequest;
  key: string;
}

export interface StartingRun {
  /** Stable for React, before and after the answer. */
  key: string;
  of: RerunOf;
  submittedAt: number;
  started: RerunStarted | undefined;
}

const RERUN = ["rerun"] as const;

export function useRerun(onStarted: (started: RerunStarted) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: RERUN,
    mutationFn: ({ of, request, key }: RerunOrder) => rerunWorkflow(of.thread_id, request, key),
    onSuccess: (started) => {
      void queries.invalidateQueries({ queryKey: runKeys.all });
      onStarted(started);
    },
  });
}

/** Reruns that are being sent, or that the list has not caught up with; the newest first. */
export function useStartingRuns(listUpdatedAt: number): StartingRun[] {
  const reruns = useMutationState({
    filters: { mutationKey: RERUN },
    select: ({ state }) => ({
      order: state.variables as RerunOrder | undefined,
      status: state.status,
      started: state.data as RerunStarted | undefined,
      submittedAt: state.submittedAt,
    }),
  });
  return reruns
    .flatMap(({ order, status, started, submittedAt }) => {
      const fresh = status === "pending" || (status === "success" && submittedAt >= listUpdatedAt);
      return order && fresh ? [{ key: order.key, of: order.of, submittedAt, started }] : [];
    })
    .reverse();
}

export interface RerunTrouble {
  error: Error;
  forget: () => void;
}

/** Whether a rerun of this run is being sent, and what went wrong with the last one. */
export function useRerunOf(threadId: string): { sending: boolean; trouble: RerunTrouble | null } {
  const queries = useQueryClient();
  const mine = useMutationState({
    filters: {
      mutationKey: RERUN,
      predicate: ({ state }) => (state.variables as RerunOrder | undefined)?.of.thread_id === threadId,
    },
    select: (mutation) => ({
      id: mutation.mutationId,
      status: mutation.state.status,
      error: mutation.state.error,
    }),
  });
  const last = mine.at(-1);
  const forget = () => {
    const cache = queries.getMutationCache();
    for (const mutation of cache.getAll()) if (mutation.mutationId === last?.id) cache.remove(mutation);
  };
  return {
    sending: last?.status === "pending",
    trouble:
      last?.status === "error" && last.error && asApiError(last.error).type !== "plan-changed"
        ? { error: last.error, forget }
        : null,
  };
}
