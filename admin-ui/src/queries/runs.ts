/** What is asked about runs, and under which key it is kept. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import {
  countRuns,
  getLineage,
  getRun,
  getRunActivity,
  getRunMetadata,
  getStatus,
  getStep,
  listRuns,
  listSteps,
  type RunFilter,
  type RunItem,
  type RunPage,
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
  // Beside the others: what changes runs must not have every loaded page read again; the news tell of it.
  pages: (asked: RunsAsked) => ["run-pages", asked] as const,
  news: (asked: RunsAsked, loaded: boolean) => ["runs", "list", "news", asked, loaded] as const,
  count: (asked: Omit<RunsAsked, "show">) => ["runs", "count", asked] as const,
  activity: (filter: RunFilter, window: object) => ["runs", "activity", filter, window] as const,
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

/** Which runs a list shows, and what of their data. */
export interface RunsAsked {
  filter: RunFilter;
  /** Only runs that were created within so many milliseconds before one asks. */
  within: number | null;
  /** Paths in initial_data. */
  show: string[];
}

/** The filter with the time as it is now. */
export function filterNow({ filter, within }: Omit<RunsAsked, "show">, now = Date.now()): RunFilter {
  return within === null ? filter : { ...filter, created_after: new Date(now - within).toISOString() };
}

/** Page after page of a list; it stands still until somebody asks for what is new. */
export const runPagesOptions = (asked: RunsAsked) =>
  infiniteQueryOptions({
    queryKey: runKeys.pages(asked),
    queryFn: ({ pageParam, signal }) =>
      listRuns(filterNow(asked), pageParam, signal, {
        show: asked.show,
        // Whoever goes on wants many; the first page should be there at once.
        limit: pageParam === undefined ? 50 : 100,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: RunPage) => page.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What has happened since a list was loaded. */
export interface RunNews {
  /** The first page as it is now. */
  head: RunPage;
  /** Rows in sight that are not on it, as they are now. */
  rows: RunItem[];
  /** Rows in sight that are no more. */
  gone: string[];
}

/** `loaded`: whether the list is there, whose first page is the news to begin with. */
export const runNewsOptions = (asked: RunsAsked, loaded: boolean, inSight: () => string[]) =>
  queryOptions({
    queryKey: runKeys.news(asked, loaded),
    queryFn: async ({ signal }): Promise<RunNews> => {
      const head = await listRuns(filterNow(asked), undefined, signal, { show: asked.show });
      const onHead = new Set(head.items.map(({ thread_id }) => thread_id));
      const others = inSight()
        .filter((id) => !onHead.has(id))
        .slice(0, 100);
      if (others.length === 0) return { head, rows: [], gone: [] };
      const more = { show: asked.show, thread_id: others, limit: others.length };
      const { folded } = asked.filter;
      const { items: rows } = await listRuns(folded ? { folded } : {}, undefined, signal, more);
      const found = new Set(rows.map(({ thread_id }) => thread_id));
      return { head, rows, gone: others.filter((id) => !found.has(id)) };
    },
    refetchInterval: LIST_EVERY_MS,
    staleTime: LIST_EVERY_MS - 100,
    gcTime: 0,
  });

export const runCountOptions = (asked: Omit<RunsAsked, "show">) =>
  queryOptions({
    queryKey: runKeys.count(asked),
    queryFn: ({ signal }) => countRuns(filterNow(asked), signal),
    refetchInterval: COUNT_EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const runActivityOptions = (
  filter: RunFilter,
  window: { from: string; to: string; buckets: number },
) =>
  queryOptions({
    queryKey: runKeys.activity(filter, window),
    queryFn: ({ signal }) => getRunActivity({ ...filter, ...window }, signal),
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
