/** What is asked about effects and the audit, and under which key it is kept. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type EffectFilter, listAudit, listEffects } from "@/lib/api";

const EVERY_MS = 5000;

export const effectListOptions = (filter: EffectFilter, cursor?: string) =>
  queryOptions({
    queryKey: ["effects", "list", filter, cursor ?? null] as const,
    queryFn: ({ signal }) => listEffects(filter, cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });

/** Below the run's own key, so that what changes the run asks for it again. */
export const runAuditOptions = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["runs", "run", id, "audit"] as const,
    queryFn: ({ pageParam, signal }) => listAudit(id, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
