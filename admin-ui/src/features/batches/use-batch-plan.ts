/** The dry run of what is chosen: asked for once typing pauses; the last one stays until the next is there. */
import { useQuery } from "@tanstack/react-query";
import type { BatchPlan, BatchRequest } from "@/lib/api/batches";
import { writeJson } from "@/lib/json";
import { type ApiError, asApiError } from "@/lib/problem";
import { FORM_PAUSE_MS, useSettled } from "@/lib/use-settled";
import { batchPlanOptions } from "@/queries/batches";
import { withoutWords } from "./batch-choice";

export interface ShownBatchPlan {
  /** The last dry run that came; null before the first. */
  plan: BatchPlan | null;
  /** Whether it is that of what is chosen now. */
  current: boolean;
  error: ApiError | null;
  retry: () => void;
}

export function useBatchPlan(wanted: BatchRequest | null): ShownBatchPlan {
  const request = wanted && withoutWords(wanted);
  const text = request && writeJson(request);
  const asked = useSettled(request, text, FORM_PAUSE_MS);
  const query = useQuery({ ...batchPlanOptions(asked ?? {}), enabled: asked !== null });
  const settled = text !== null && text === (asked && writeJson(asked));
  return {
    plan: query.data ?? null,
    current: settled && query.isSuccess && !query.isPlaceholderData,
    error: settled && query.isError ? asApiError(query.error) : null,
    retry: () => void query.refetch(),
  };
}
