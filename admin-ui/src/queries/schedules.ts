/** What is asked about schedules, and under which key it is kept. */
import { queryOptions } from "@tanstack/react-query";
import {
  type FiringState,
  getSchedule,
  listFirings,
  listSchedules,
  planBackfill,
  previewSchedule,
  type Timing,
  type Window,
} from "@/lib/api/schedules";

const EVERY_MS = 3000;
/** How many of the next times the form shows. */
export const NEXT = 5;

export const scheduleKeys = {
  all: ["schedules"] as const,
  schedule: (id: string) => ["schedules", "schedule", id] as const,
};

export const scheduleListOptions = (paused?: boolean, cursor?: string) =>
  queryOptions({
    queryKey: ["schedules", "list", paused ?? null, cursor ?? null] as const,
    queryFn: ({ signal }) => listSchedules(paused, cursor, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const scheduleOptions = (id: string) =>
  queryOptions({
    queryKey: [...scheduleKeys.schedule(id), "detail"] as const,
    queryFn: ({ signal }) => getSchedule(id, signal),
    refetchInterval: EVERY_MS,
  });

export const firingListOptions = (id: string, states: FiringState[], cursor?: string) =>
  queryOptions({
    queryKey: [...scheduleKeys.schedule(id), "firings", states, cursor ?? null] as const,
    queryFn: ({ signal }) => listFirings(id, states, cursor, 50, signal),
    refetchInterval: EVERY_MS,
    placeholderData: (previous) => previous,
  });

export const previewOptions = (timing: Timing) =>
  queryOptions({
    queryKey: ["schedules", "preview", timing] as const,
    queryFn: ({ signal }) => previewSchedule(timing, NEXT, signal),
    placeholderData: (previous) => previous,
    refetchInterval: 30_000,
  });

export const backfillPlanOptions = (id: string, window: Window) =>
  queryOptions({
    queryKey: [...scheduleKeys.schedule(id), "backfill", window.from, window.to] as const,
    queryFn: ({ signal }) => planBackfill(id, window, signal),
    gcTime: 0,
  });
