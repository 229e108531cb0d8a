/** The ledger's filter as it stands in the URL, and as the API takes it. */
import { dataFilter } from "@/features/runs/run-search";
import type { EffectFilter, EffectState } from "@/lib/api";
import { writeJson } from "@/lib/json";
import { EFFECT_STATES } from "./effect-state";

export interface EffectSearch {
  /** Several are separated by commas. */
  state?: string;
  skill?: string;
  /** `path=value`, several separated by spaces. */
  data?: string;
  /** The run that did it. */
  run?: string;
  /** The family of this run. */
  root?: string;
  /** Changed last within this time: 24h, 7d, 30d. */
  since?: string;
  /** `not-repeated`: only what another run did not do again. */
  only?: string;
  cursor?: string;
}

const TEXTS = ["state", "skill", "data", "run", "root", "since", "only", "cursor"] as const;
const HOUR = 3_600_000;
export const WINDOWS: Record<string, { word: string; ms: number }> = {
  "24h": { word: "Last 24 hours", ms: 24 * HOUR },
  "7d": { word: "Last 7 days", ms: 7 * 24 * HOUR },
  "30d": { word: "Last 30 days", ms: 30 * 24 * HOUR },
};

/** Keeps what the ledger can use of a URL's search. */
export function validEffectSearch(search: Record<string, unknown>): EffectSearch {
  const valid: EffectSearch = {};
  for (const key of TEXTS) {
    const value = search[key];
    if (typeof value === "string" && value !== "") valid[key] = value;
    else if (typeof value === "number" || typeof value === "boolean") valid[key] = String(value);
  }
  return valid;
}

export function effectStatesOf(search: EffectSearch): EffectState[] {
  const wanted = (search.state ?? "").split(",");
  return EFFECT_STATES.filter((state) => wanted.includes(state));
}

export function hasEffectFilter({ cursor: _, ...filters }: EffectSearch): boolean {
  return Object.values(filters).some(Boolean);
}

/** What the API is asked; parts that can't be understood are left out and shown as wrong by the field. */
export function effectFilter(search: EffectSearch, now = Date.now()): EffectFilter {
  const filter: EffectFilter = {};
  const states = effectStatesOf(search);
  if (states.length > 0) filter.state = states;
  if (search.skill) filter.skill = search.skill;
  if (search.run) filter.thread_id = search.run;
  if (search.root) filter.root = search.root;
  if (search.only === "not-repeated") filter.not_repeated = true;
  const since = search.since ? WINDOWS[search.since] : undefined;
  // To the minute: the same question keeps its answer for that long.
  if (since) filter.after = new Date(Math.floor((now - since.ms) / 60_000) * 60_000).toISOString();
  const data = search.data ? dataFilter(search.data) : null;
  if (data && Object.keys(data).length > 0) filter.data = writeJson(data);
  return filter;
}
