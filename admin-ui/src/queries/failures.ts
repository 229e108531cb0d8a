/** What is asked about failures, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import { type FailureFilter, listFailures } from "@/lib/api/failures";

const EVERY_MS = 5000;

export const failureKeys = {
  all: ["failures"] as const,
  list: (filter: FailureFilter, cursor?: string) => ["failures", "list", filter, cursor ?? null] as const,
};

export const failureListOptions = (filter: FailureFilter, cursor?: string) =>
  queryOptions({
    queryKey: failureKeys.list(filter, cursor),
    queryFn: ({ signal }) => listFailures(filter, cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });
