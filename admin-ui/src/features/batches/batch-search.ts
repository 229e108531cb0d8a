/** What stands in the URLs of batches. */
import type { BatchStatus, ItemState } from "@/lib/api/batches";
import { oneOf } from "@/lib/search";

const STATUSES: readonly BatchStatus[] = ["running", "paused", "completed", "aborted"];
const STATES: ItemState[] = [
  "pending",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
  "refused",
  "skipped",
];

export interface BatchesSearch {
  status?: BatchStatus;
  cursor?: string;
}

export interface BatchSearch {
  /** Several are separated by commas. */
  state?: string;
  cursor?: string;
}

export function validBatchesSearch({ status, cursor }: Record<string, unknown>): BatchesSearch {
  return {
    status: oneOf(status, STATUSES),
    ...(cursor ? { cursor: String(cursor) } : {}),
  };
}

export function validBatchSearch({ state, cursor }: Record<string, unknown>): BatchSearch {
  return { ...(state ? { state: String(state) } : {}), ...(cursor ? { cursor: String(cursor) } : {}) };
}

export function itemStatesOf(text: string | undefined): ItemState[] {
  const wanted = (text ?? "").split(",");
  return STATES.filter((state) => wanted.includes(state));
}
