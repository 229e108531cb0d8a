/** The list as it stands on the page: pages that stand still, rows that follow, and what is new. */
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import type { RunItem, RunPage } from "@/lib/api";
import { type RunsAsked, runNewsOptions, runPagesOptions } from "@/queries/runs";
import { newcomers, patched } from "./news";

type Pages = InfiniteData<RunPage, string | undefined>;

const NO_RUNS: RunItem[] = [];

/** `inSight`: ids of the rows that are looked at; `live`: whether anything is asked again by itself. */
export function useRuns(asked: RunsAsked, live: boolean, inSight: () => string[]) {
  const queries = useQueryClient();
  const options = useMemo(() => runPagesOptions(asked), [asked]);
  const { queryKey } = options;
  const list = useInfiniteQuery({ ...options, refetchOnWindowFocus: false });
  const there = list.data !== undefined && !list.isPlaceholderData;
  const news = useQuery({
    ...runNewsOptions(asked, there, inSight),
    enabled: live && there,
    refetchOnWindowFocus: live,
    refetchOnReconnect: live,
    // A list that was just loaded has no news yet.
    initialData: () => {
      const head = queries.getQueryData<Pages>(queryKey)?.pages[0];
      return head && { head, rows: [], gone: [] };
    },
    initialDataUpdatedAt: () => queries.getQueryState(queryKey)?.dataUpdatedAt,
  });
  const runs = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? NO_RUNS, [list.data]);
  const fresh = useMemo(
    () => (there && news.data ? newcomers(runs, list.hasNextPage, news.data.head.items) : NO_RUNS),
    [there, news.data, runs, list.hasNextPage],
  );

  // Rows change in place; the time at which the list was loaded stays.
  useEffect(() => {
    if (!there || !news.data) return;
    const { head, rows, gone } = news.data;
    const now = queries.getQueryState<Pages>(queryKey);
    if (!now?.data) return;
    const next = patched(now.data, [...head.items, ...rows], gone);
    if (next !== now.data) queries.setQueryData<Pages>(queryKey, next, { updatedAt: now.dataUpdatedAt });
  }, [news.data, there, queries, queryKey]);

  const head = news.data?.head;
  /** Begins again from the top, with what is new. */
  const takeIn = useCallback(() => {
    if (head) queries.setQueryData<Pages>(queryKey, { pages: [head], pageParams: [undefined] });
  }, [head, queries, queryKey]);

  // Whoever comes to the page, or to an empty list, sees what is new at once; nothing is read there yet.
  const arrived = useRef(Date.now());
  const first = useRef(true);
  useEffect(() => {
    if (news.dataUpdatedAt <= arrived.current) return;
    const arriving = first.current && window.scrollY < 50;
    if (arriving ? head && !isHead(runs, head) : fresh.length > 0 && runs.length === 0) takeIn();
    first.current = false;
  }, [news.dataUpdatedAt, fresh, runs, head, takeIn]);

  return { list, news, runs, fresh, takeIn };
}

/** Whether the list begins with just this page. */
function isHead(runs: RunItem[], { items, next_cursor: more }: RunPage): boolean {
  const same = items.every(({ thread_id }, index) => runs[index]?.thread_id === thread_id);
  return same && (more !== null || runs.length === items.length);
}
