/** The filter of failures as it stands in the URL, and as the API takes it. */
import { WINDOWS } from "@/features/effects/effect-search";
import type { FailureFilter } from "@/lib/api/failures";

export interface FailureSearch {
  skill?: string;
  /** Failed within this time: 24h, 7d, 30d. */
  since?: string;
  /** `yes`: those that nobody will mend as well. */
  dismissed?: string;
  cursor?: string;
}

const TEXTS = ["skill", "since", "dismissed", "cursor"] as const;

export function validFailureSearch(search: Record<string, unknown>): FailureSearch {
  const valid: FailureSearch = {};
  for (const key of TEXTS) {
    const value = search[key];
    if (typeof value === "string" && value !== "") valid[key] = value;
    else if (typeof value === "number" || typeof value === "boolean") valid[key] = String(value);
  }
  return valid;
}

/** Whether anything is left out. */
export function hasFailureFilter({ skill, since }: FailureSearch): boolean {
  return Boolean(skill || since);
}

export function failureFilter(search: FailureSearch, now = Date.now()): FailureFilter {
  const filter: FailureFilter = {};
  if (search.skill) filter.skill = search.skill;
  if (search.dismissed === "yes") filter.dismissed = true;
  const since = search.since ? WINDOWS[search.since] : undefined;
  // To the minute: the same question keeps its answer for that long.
  if (since) filter.after = new Date(Math.floor((now - since.ms) / 60_000) * 60_000).toISOString();
  return filter;
}
