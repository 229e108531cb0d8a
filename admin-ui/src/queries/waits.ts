/** What is asked about waits, and under which key it is kept. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { countWaits, listWaits, type Wait, type WaitFilter, type WaitPage } from "@/lib/api/waits";

const EVERY_MS = 5000;
const COUNT_EVERY_MS = 10_000;
/** The tab's title tells what waits, also while another tab is in front. */
const COUNT_HIDDEN_EVERY_MS = 60_000;

export const waitKeys = {
  all: ["waits"] as const,
  lists: ["waits", "list"] as const,
  list: (filter: WaitFilter, cursor?: string) => ["waits", "list", filter, cursor ?? null] as const,
  counts: ["waits", "count"] as const,
  count: (filter: WaitFilter) => ["waits", "count", filter] as const,
};

export const waitListOptions = (filter: WaitFilter, cursor?: string) =>
  queryOptions({
    queryKey: waitKeys.list(filter, cursor),
    queryFn: ({ signal }) => listWaits(filter, cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const waitCountOptions = (filter: WaitFilter = {}) =>
  queryOptions({
    queryKey: waitKeys.count(filter),
    queryFn: ({ signal }) => countWaits(filter, signal),
    refetchInterval: () => (document.hidden ? COUNT_HIDDEN_EVERY_MS : COUNT_EVERY_MS),
    refetchIntervalInBackground: true,
  });

/** What has just been answered leaves all lists at once; then the server is asked again. */
export async function dropWaits(queries: QueryClient, gone: Pick<Wait, "thread_id" | "step">[]) {
  await queries.cancelQueries({ queryKey: waitKeys.all });
  const isGone = (wait: Wait) =>
    !wait.answered && gone.some(({ thread_id, step }) => thread_id === wait.thread_id && step === wait.step);
  queries.setQueriesData<WaitPage>({ queryKey: waitKeys.lists }, (page) =>
    page ? { ...page, items: page.items.filter((wait) => !isGone(wait)) } : page,
  );
  await queries.invalidateQueries({ queryKey: waitKeys.all });
}
