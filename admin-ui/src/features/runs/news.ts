/** What has changed in a list that stands still. */
import type { InfiniteData } from "@tanstack/react-query";
import type { RunItem, RunPage } from "@/lib/api";
import { type Json, sameJson } from "@/lib/json";

/** Runs of the first page as it is now that the loaded rows lack, and that paging would not bring. */
export function newcomers(runs: RunItem[], more: boolean, head: RunItem[]): RunItem[] {
  const known = new Set(runs.map(({ thread_id }) => thread_id));
  const oldest = runs.at(-1);
  return head.filter(
    (run) =>
      !known.has(run.thread_id) &&
      (!more || !oldest || Date.parse(run.created_at) > Date.parse(oldest.created_at)),
  );
}

/** The pages with these rows as they are now, in their places; pages in which nothing changes stay the same object. */
export function patched<P>(
  data: InfiniteData<RunPage, P>,
  rows: RunItem[],
  gone: string[],
): InfiniteData<RunPage, P> {
  const now = new Map(rows.map((run) => [run.thread_id, run]));
  const left = new Set(gone);
  const pages = data.pages.map((page) => {
    const items = page.items
      .filter(({ thread_id }) => !left.has(thread_id))
      .map((run) => {
        const next = now.get(run.thread_id);
        return next && !same(run, next) ? next : run;
      });
    const changed = items.length !== page.items.length || items.some((run, i) => run !== page.items[i]);
    return changed ? { ...page, items } : page;
  });
  return pages.some((page, index) => page !== data.pages[index]) ? { ...data, pages } : data;
}

const same = (left: RunItem, right: RunItem) => sameJson(left as unknown as Json, right as unknown as Json);
