/** What is asked about two runs beside each other. */
import { queryOptions } from "@tanstack/react-query";
import { compareRuns, type RunComparison } from "@/lib/api";
import { isFinal } from "@/lib/status";

export const comparisonKey = (left: string, right: string) => ["runs", "compare", left, right] as const;

/** Whether more may come: one of the runs or of the tries is still going on. */
function goesOn({ left, right, attribution }: RunComparison): boolean {
  return [left, right, ...attribution].some(({ status }) => !isFinal(status) && status !== "recorded");
}

export const comparisonOptions = (left: string, right: string) =>
  queryOptions({
    queryKey: comparisonKey(left, right),
    queryFn: ({ signal }) => compareRuns(left, right, signal),
    refetchInterval: ({ state }) => (state.data && goesOn(state.data) ? 3000 : false),
  });
