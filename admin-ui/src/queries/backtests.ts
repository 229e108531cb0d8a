/** What is asked about backtests; below the key of batches, since what changes a batch changes them. */
import { queryOptions } from "@tanstack/react-query";
import {
  type Backtest,
  getBacktest,
  listBacktestItems,
  listBacktests,
  type Verdict,
} from "@/lib/api/backtests";
import type { BatchStatus } from "@/lib/api/batches";
import { batchKeys } from "./batches";

const LIST_EVERY_MS = 3000;
const REPORT_EVERY_MS = 1500;

export const backtestKeys = {
  all: [...batchKeys.all, "backtests"] as const,
  list: (status?: BatchStatus, cursor?: string) =>
    [...backtestKeys.all, "list", status ?? null, cursor ?? null] as const,
  report: (id: string) => [...backtestKeys.all, "report", id] as const,
  items: (id: string, verdict?: Verdict, cursor?: string) =>
    [...backtestKeys.report(id), "items", verdict ?? null, cursor ?? null] as const,
};

/** Whether more may come. */
export function isOpen({ reported_at }: Pick<Backtest, "reported_at">): boolean {
  return reported_at === null;
}

export const backtestListOptions = (status?: BatchStatus, cursor?: string) =>
  queryOptions({
    queryKey: backtestKeys.list(status, cursor),
    queryFn: ({ signal }) => listBacktests(status, cursor, signal),
    refetchInterval: LIST_EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const backtestOptions = (id: string) =>
  queryOptions({
    queryKey: [...backtestKeys.report(id), "detail"] as const,
    queryFn: ({ signal }) => getBacktest(id, signal),
    refetchInterval: ({ state }) => (state.data && !isOpen(state.data) ? false : REPORT_EVERY_MS),
  });

/** The page asks again whenever the backtest's counts have changed. */
export const backtestItemsOptions = (id: string, verdict: Verdict | undefined, cursor: string | undefined) =>
  queryOptions({
    queryKey: backtestKeys.items(id, verdict, cursor),
    queryFn: ({ signal }) => listBacktestItems(id, verdict, cursor, signal),
    placeholderData: (previous) => previous,
  });
