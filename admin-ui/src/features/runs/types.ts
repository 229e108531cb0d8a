/** Shapes the runs list shows. */
import type { components } from "@/lib/schema";
import { type RunSearch, statusesOf } from "./run-search";

export type RunCount = components["schemas"]["RunCount"];
/** Where the server stops counting. */
export const CAP = 1_000;

/** How many runs of a count a search shows; -1 where that is not known exactly. */
export function totalOf(count: RunCount, search: RunSearch): number {
  const statuses = statusesOf(search);
  const counts =
    search.attention === "yes"
      ? [statuses.length > 0 ? CAP : count.attention]
      : Object.entries(count.by_status).flatMap(([status, some]) =>
          statuses.length === 0 || (statuses as string[]).includes(status) ? [some ?? 0] : [],
        );
  return count.partial || counts.some((some) => some >= CAP)
    ? -1
    : counts.reduce((sum, some) => sum + some, 0);
}
