/** What a run would begin with: asked once typing pauses; the last answer stays until the next is there. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { FirstChoice, StartRequest } from "@/lib/api";
import { type ApiError, asApiError } from "@/lib/problem";
import { FORM_PAUSE_MS, useSettled } from "@/lib/use-settled";
import { firstChoiceOptions } from "@/queries/plan";
import { textOfRequest } from "./start-draft";

export interface ShownChoice {
  choice: FirstChoice | null;
  /** Whether it is that of what stands in the form now. */
  current: boolean;
  error: ApiError | null;
}

export function useFirstChoice(request: StartRequest | null): ShownChoice {
  const wanted = textOfRequest(request);
  const asked = useSettled(request, wanted, FORM_PAUSE_MS);
  const query = useQuery({ ...firstChoiceOptions(asked ?? {}), enabled: asked !== null });
  const last = useRef<FirstChoice | null>(null);
  if (query.data) last.current = query.data;
  const settled = wanted !== null && wanted === textOfRequest(asked);
  const error = settled && query.isError ? asApiError(query.error) : null;
  return {
    choice: wanted === null || error ? null : last.current,
    current: settled && query.data !== undefined,
    error,
  };
}
