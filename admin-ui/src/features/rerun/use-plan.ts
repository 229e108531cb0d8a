/** The plan of what is chosen: asked for once typing pauses; the last one stays until the next is there. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Plan, RerunRequest } from "@/lib/api";
import { writeJson } from "@/lib/json";
import { type ApiError, asApiError } from "@/lib/problem";
import { FORM_PAUSE_MS, useSettled } from "@/lib/use-settled";
import { planOptions } from "@/queries/plan";

/** How often a server that can't be reached is asked again. */
const AGAIN_MS = 3000;

export interface ShownPlan {
  /** The last plan that came; null before the first. */
  plan: Plan | null;
  /** Whether it is the plan of what is chosen now. */
  current: boolean;
  error: ApiError | null;
  retry: () => void;
}

export function usePlan(threadId: string, request: RerunRequest | null): ShownPlan {
  const wanted = request && writeJson(request);
  const asked = useSettled(request, wanted, FORM_PAUSE_MS);
  const query = useQuery({
    ...planOptions(threadId, asked ?? {}),
    enabled: asked !== null,
    refetchInterval: ({ state: { error } }) => error !== null && asApiError(error).status === 0 && AGAIN_MS,
  });
  const last = useRef<Plan | null>(null);
  if (query.data) last.current = query.data;
  // While it is asked again for a plan that failed, the query has no error: what was said stays.
  const failed = useRef<{ of: RerunRequest | null; error: ApiError } | null>(null);
  if (query.isError) failed.current = { of: asked, error: asApiError(query.error) };
  if (query.data || failed.current?.of !== asked) failed.current = null;
  const settled = wanted !== null && wanted === (asked && writeJson(asked));
  return {
    plan: last.current,
    current: settled && query.data !== undefined,
    error: (settled && failed.current?.error) || null,
    retry: () => void query.refetch(),
  };
}
