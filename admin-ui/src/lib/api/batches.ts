/** What the pages ask about batches. */
import { client, data } from "../client";
import type { Json, JsonObject } from "../json";
import type { components } from "../schema";

type Schemas = components["schemas"];

export type BatchStatus = Schemas["BatchStatus"];
export type ItemState = Schemas["ItemState"];
export type BatchCounts = Schemas["BatchCounts"];
export type BatchItem = Schemas["BatchItem"];
export type BatchPlan = Schemas["BatchPlan"];
export type BatchSample = Schemas["BatchSample"];
export type BatchEffects = Schemas["BatchEffects"];
export type Batch = Omit<Schemas["Batch"], "filter" | "rerun" | "canary"> & {
  filter: JsonObject | null;
  rerun: JsonObject;
  canary: (Omit<NonNullable<Schemas["Batch"]["canary"]>, "gate"> & { gate: JsonObject | null }) | null;
};
export type BatchPage = { items: Batch[]; next_cursor: string | null };

/** Numbers that were typed are sent digit for digit, so they are `Json` here. */
export interface BatchRequest {
  ids?: string[];
  filter?: JsonObject;
  rerun?: JsonObject;
  name?: string;
  reason?: string;
  only_open?: boolean;
  order?: "oldest" | "newest";
  order_by_key?: string;
  concurrency?: Json;
  budget?: JsonObject;
  canary?: Json;
  gate?: JsonObject;
  stop_at_failure_rate?: Json;
}

export interface BatchResume {
  reason?: string;
  budget?: JsonObject;
  concurrency?: Json;
  /** Null lifts the limit. */
  stop_at_failure_rate?: Json;
}

type Body = Schemas["BatchRequest"];

/** What a batch would do; nothing is started or stored. */
export const planBatch = (request: BatchRequest, signal?: AbortSignal) =>
  data(
    client.POST("/admin/batches", { body: { ...request, dry_run: true } as Body, signal }),
  ) as Promise<BatchPlan>;

export const startBatch = (request: BatchRequest, key: string) =>
  data(
    client.POST("/admin/batches", {
      params: { header: { "Idempotency-Key": key } },
      body: request as Body,
    }),
  ) as Promise<Batch>;

export const listBatches = (
  status: BatchStatus | undefined,
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/batches", { params: { query: { status, cursor, limit: 50 } }, signal }),
  ) as Promise<BatchPage>;

export const getBatch = (batch_id: string, signal?: AbortSignal) =>
  data(client.GET("/admin/batches/{batch_id}", { params: { path: { batch_id } }, signal })) as Promise<Batch>;

export const listBatchItems = (
  batch_id: string,
  state: ItemState[],
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/batches/{batch_id}/items", {
      params: { path: { batch_id }, query: { state, cursor, limit: 50 } },
      signal,
    }),
  );

const MOST_IDS = 10_000;

/** The reruns that failed in a batch, as many as another batch takes. */
export async function failedReruns(batch_id: string): Promise<string[]> {
  const failed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await data(
      client.GET("/admin/batches/{batch_id}/items", {
        params: { path: { batch_id }, query: { state: ["failed"], cursor, limit: 500 } },
      }),
    );
    failed.push(...page.items.flatMap(({ thread_id }) => thread_id ?? []));
    cursor = page.next_cursor ?? undefined;
  } while (cursor && failed.length < MOST_IDS);
  return failed.slice(0, MOST_IDS);
}

export type BatchAction = "pause" | "resume" | "abort";

export const changeBatch = (batch_id: string, action: BatchAction, change: BatchResume, key: string) => {
  const asked = { params: { path: { batch_id }, header: { "Idempotency-Key": key } } };
  if (action === "resume") {
    const body = change as Schemas["BatchResume"];
    return data(client.POST("/admin/batches/{batch_id}/resume", { ...asked, body })) as Promise<Batch>;
  }
  const body = change.reason ? { reason: change.reason } : {};
  return action === "pause"
    ? (data(client.POST("/admin/batches/{batch_id}/pause", { ...asked, body })) as Promise<Batch>)
    : (data(client.POST("/admin/batches/{batch_id}/abort", { ...asked, body })) as Promise<Batch>);
};
