/** What is asked about runs, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import {
  countRuns,
  getLineage,
  getRun,
  getRunMetadata,
  getStatus,
  getStep,
  listRuns,
  listSteps,
  type RunFilter,
  type Step,
} from "@/lib/api";
import { isFinal } from "@/lib/status";
import { mergeSteps } from "@/lib/steps";

export const LIST_EVERY_MS = 3000;
export const COUNT_EVERY_MS = 9000;

export const runKeys = {
  all: ["runs"] as const,
  lists: ["runs", "list"] as const,
  list: (filter: RunFilter, cursor?: string) => ["runs", "list", filter, cursor ?? null] as const,
  count: (filter: RunFilter) => ["runs", "count", filter] as const,
  run: (id: string) => ["runs", "run", id] as const,
  metadata: (id: string) => ["runs", "run", id, "metadata"] as const,
  lineage: (id: string) => ["runs", "run", id, "lineage"] as const,
  status: (id: string) => ["runs", "run", id, "status"] as const,
  steps: (id: string) => ["runs", "run", id, "steps"] as const,
  step: (id: string, seq: number, version: number) => ["runs", "run", id, "steps", seq, version] as const,
};

export const runListOptions = (filter: RunFilter, cursor?: string) =>
  queryOptions({
    queryKey: runKeys.list(filter, cursor),
    queryFn: ({ signal }) => listRuns(filter, cursor, signal),
    refetchInterval: LIST_EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const runCountOptions = (filter: RunFilter) =>
  queryOptions({
    queryKey: runKeys.count(filter),
    queryFn: ({ signal }) => countRuns(filter, signal),
    refetchInterval: COUNT_EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const runOptions = (id: string) =>
  queryOptions({ queryKey: [...runKeys.run(id), "detail"], queryFn: ({ signal }) => getRun(id, signal) });

export const runMetadataOptions = (id: string) =>
  queryOptions({
    queryKey: runKeys.metadata(id),
    queryFn: ({ signal }) => getRunMetadata(id, signal),
    staleTime: 60_000,
  });

export const runStatusOptions = (id: string) =>
  queryOptions({
    queryKey: runKeys.status(id),
    queryFn: ({ signal }) => getStatus(id, signal),
    // Events tell of changes; this catches what a lost connection missed.
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : 5000),
  });

export const lineageOptions = (id: string) =>
  queryOptions({
    queryKey: runKeys.lineage(id),
    queryFn: ({ signal }) => getLineage(id, signal),
    // A family changes while one of its runs is under way.
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status && status !== "recorded" && !isFinal(status))
        ? LIST_EVERY_MS
        : false,
  });

export const runStepsOptions = (id: string) =>
  queryOptions({
    queryKey: runKeys.steps(id),
    queryFn: async ({ client, queryKey, signal }) => {
      const known = () => client.getQueryData<Step[]>(queryKey) ?? [];
      // What is there already stands on the page while the rest comes.
      const show = (steps: Step[]) => void client.setQueryData(queryKey, mergeSteps(known(), steps));
      // The stream may have told of something newer meanwhile.
      return mergeSteps(known(), await listSteps(id, signal, show));
    },
    // Comparing thousands of steps with themselves costs more than showing them anew.
    structuralSharing: false,
  });

/** `version`: a step that has moved on leaves more beside it. */
export const stepDetailOptions = (id: string, seq: number, version: number) =>
  queryOptions({
    queryKey: runKeys.step(id, seq, version),
    queryFn: ({ signal }) => getStep(id, seq, signal),
  });
