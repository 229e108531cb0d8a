/** What the pages ask about schedules. */
import { client, data } from "../client";
import type { JsonObject } from "../json";
import type { components } from "../schema";

type Schemas = components["schemas"];

export type Overlap = Schemas["ScheduleItem"]["overlap"];
export type FiringState = Schemas["Firing"]["state"];
export type FiringMark = Schemas["FiringMark"];
export type Firing = Schemas["Firing"];
export type FiringPage = Schemas["FiringPage"];
export type DueTime = Schemas["DueTime"];
export type SchedulePreview = Schemas["SchedulePreview"];
export type ScheduleBackfill = Schemas["ScheduleBackfill"];
type Rerun = { thread_id: string; request: JsonObject };
type WithRequests<T> = Omit<T, "start" | "rerun"> & { start: JsonObject | null; rerun: Rerun | null };
export type Schedule = WithRequests<Schemas["ScheduleItem"]>;
export type ScheduleDetail = WithRequests<Schemas["ScheduleDetail"]>;
export type SchedulePage = { items: Schedule[]; next_cursor: string | null };

/** When it comes due: just one of `cron`, `every_seconds` and `at`. */
export type Timing = Pick<
  Schemas["SchedulePreviewRequest"],
  "cron" | "every_seconds" | "at" | "time_zone" | "anchor"
>;

export interface ScheduleRequest extends Timing {
  name: string;
  start?: JsonObject;
  rerun?: Rerun;
  overlap?: Overlap;
  catch_up_seconds?: number;
}

export const listSchedules = (
  paused: boolean | undefined,
  cursor: string | undefined,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/schedules", { params: { query: { paused, cursor, limit: 50 } }, signal }),
  ) as Promise<SchedulePage>;

export const getSchedule = (schedule_id: string, signal?: AbortSignal) =>
  data(
    client.GET("/admin/schedules/{schedule_id}", { params: { path: { schedule_id } }, signal }),
  ) as Promise<ScheduleDetail>;

/** The next times of a rule, from the server; nothing is saved. */
export const previewSchedule = (timing: Timing, count: number, signal?: AbortSignal) =>
  data(client.POST("/admin/schedules/preview", { body: { ...timing, count }, signal }));

export const createSchedule = (request: ScheduleRequest, key: string) =>
  data(
    client.POST("/admin/schedules", { params: { header: { "Idempotency-Key": key } }, body: request }),
  ) as Promise<ScheduleDetail>;

export const changeSchedule = (schedule_id: string, change: Partial<ScheduleRequest>) =>
  data(
    client.PATCH("/admin/schedules/{schedule_id}", { params: { path: { schedule_id } }, body: change }),
  ) as Promise<ScheduleDetail>;

export const pauseSchedule = (schedule_id: string, note?: string) =>
  data(
    client.POST("/admin/schedules/{schedule_id}/pause", {
      params: { path: { schedule_id } },
      body: { note },
    }),
  );

export const resumeSchedule = (schedule_id: string, reason?: string) =>
  data(
    client.POST("/admin/schedules/{schedule_id}/resume", {
      params: { path: { schedule_id } },
      body: { reason },
    }),
  );

export const deleteSchedule = (schedule_id: string, reason?: string) =>
  data(
    client.DELETE("/admin/schedules/{schedule_id}", { params: { path: { schedule_id } }, body: { reason } }),
  );

/** Fires at once; the firing says what came of it. */
export const runScheduleNow = (schedule_id: string, reason: string | undefined, key: string) =>
  data(
    client.POST("/admin/schedules/{schedule_id}/run-now", {
      params: { path: { schedule_id }, header: { "Idempotency-Key": key } },
      body: { reason },
    }),
  );

export interface Window {
  from: string;
  to: string;
  reason?: string;
}

export const planBackfill = (schedule_id: string, window: Window, signal?: AbortSignal) =>
  data(
    client.POST("/admin/schedules/{schedule_id}/backfill", {
      params: { path: { schedule_id } },
      body: { ...window, dry_run: true },
      signal,
    }),
  );

export const backfillSchedule = (schedule_id: string, window: Window, key: string) =>
  data(
    client.POST("/admin/schedules/{schedule_id}/backfill", {
      params: { path: { schedule_id }, header: { "Idempotency-Key": key } },
      body: window,
    }),
  );

export const listFirings = (
  schedule_id: string,
  state: FiringState[],
  cursor: string | undefined,
  limit: number,
  signal?: AbortSignal,
) =>
  data(
    client.GET("/admin/schedules/{schedule_id}/firings", {
      params: { path: { schedule_id }, query: { state, cursor, limit } },
      signal,
    }),
  );
