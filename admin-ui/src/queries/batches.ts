/** What is asked about batches, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import {
  type Batch,
  type BatchRequest,
  type BatchStatus,
  getBatch,
  type ItemState,
  listBatches,
  listBatchItems,
  planBatch,
} from "@/lib/api/batches";
import { writeJson } from "@/lib/json";

const LIST_EVERY_MS = 3000;
const BATCH_EVERY_MS = 1500;

export const batchKeys = {
  all: ["batches"] as const,
  list: (status?: BatchStatus, cursor?: string) =>
    ["batches", "list", status ?? null, cursor ?? null] as const,
  batch: (id: string) => ["batches", "batch", id] as const,
  items: (id: string, states: ItemState[], cursor?: string) =>
    ["batches", "batch", id, "items", states, cursor ?? null] as const,
  plan: (request: BatchRequest) => ["batches", "plan", writeJson(request)] as const,
};

/** Whether it can still change by itself: reruns under way go on after a pause or an abort. */
function moves({ status, counts }: Batch): boolean {
  return status === "running" || counts.running > 0 || counts.waiting > 0;
}

export const batchListOptions = (status?: BatchStatus, cursor?: string) =>
  queryOptions({
    queryKey: batchKeys.list(status, cursor),
    queryFn: ({ signal }) => listBatches(status, cursor, signal),
    refetchInterval: LIST_EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const batchOptions = (id: string) =>
  queryOptions({
    queryKey: [...batchKeys.batch(id), "detail"] as const,
    queryFn: ({ signal }) => getBatch(id, signal),
    refetchInterval: ({ state }) => (state.data && !moves(state.data) ? 10_000 : BATCH_EVERY_MS),
  });

/** The page asks again whenever the batch's counts have changed. */
export const batchItemsOptions = (id: string, states: ItemState[], cursor: string | undefined) =>
  queryOptions({
    queryKey: batchKeys.items(id, states, cursor),
    queryFn: ({ signal }) => listBatchItems(id, states, cursor, signal),
    placeholderData: (previous) => previous,
  });

/** The dry run of a batch, kept under the very request that it answers. */
export const batchPlanOptions = (request: BatchRequest) =>
  queryOptions({
    queryKey: batchKeys.plan(request),
    queryFn: ({ signal }) => planBatch(request, signal),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: 10_000,
    gcTime: 60_000,
    placeholderData: (previous) => previous,
  });
