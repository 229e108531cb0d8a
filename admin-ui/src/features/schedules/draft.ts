/** A schedule as it stands in the form, and the request that says it. */
import { PRESETS, type PresetName, presetOf } from "@/features/rerun/presets";
import type { Overlap, ScheduleDetail, ScheduleRequest, Timing } from "@/lib/api/schedules";
import { isObject, type JsonObject, writeJson } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";
import { type Span, secondsOf, spanOf } from "@/lib/span";
import { instantOf, localOf, shownZone } from "@/lib/zone";

export interface ScheduleDraft {
  name: string;
  starts: "sop" | "rerun";
  /** Name of the SOP; "" where its text is written here. */
  sopName: string;
  sop: string;
  /** initial_data as it is typed. */
  data: string;
  runName: string;
  /** The run to repeat. */
  threadId: string;
  /** null: the freedoms of `request`, which have no name together. */
  preset: PresetName | null;
  /** changes as they are typed. */
  changes: string;
  /** What the form has no field for stays as it was. */
  start: JsonObject;
  request: JsonObject;
  rule: "cron" | "every" | "at";
  cron: string;
  every: Span;
  /** As clocks in the zone show it. */
  at: string;
  zone: string;
  /** What an interval counts from, kept while it stays one. */
  anchor: string | null;
  overlap: Overlap;
  catchUp: Span;
}

/** The presets that need no look at a plan first. */
export const SCHEDULED_PRESETS: PresetName[] = [
  "again",
  "from-failure",
  "only-what-changed",
  "same-path",
  "audit-replay",
  "what-if",
];

export function emptyDraft(): ScheduleDraft {
  return {
    name: "",
    starts: "sop",
    sopName: "",
    sop: "",
    data: "{}",
    runName: "",
    threadId: "",
    preset: "again",
    changes: "{}",
    start: {},
    request: {},
    rule: "cron",
    cron: "0 6 * * *",
    every: { count: "15", unit: "minutes" },
    at: "",
    zone: shownZone.get(),
    anchor: null,
    overlap: "skip",
    catchUp: { count: "1", unit: "hours" },
  };
}

/** The form of a schedule that is there. */
export function draftFrom(schedule: ScheduleDetail): ScheduleDraft {
  const empty = emptyDraft();
  const start = schedule.start ?? {};
  const request = schedule.rerun?.request ?? {};
  const zone = schedule.time_zone;
  return {
    ...empty,
    name: schedule.name,
    starts: schedule.rerun ? "rerun" : "sop",
    sopName: typeof start.sop_name === "string" ? start.sop_name : "",
    sop: typeof start.sop === "string" ? start.sop : "",
    data: draftOf(isObject(start.initial_data) ? start.initial_data : {}),
    runName: typeof start.run_name === "string" ? start.run_name : "",
    threadId: schedule.rerun?.thread_id ?? "",
    preset: request.from !== undefined && typeof request.from === "number" ? null : presetOf(request),
    changes: draftOf(isObject(request.changes) ? request.changes : {}),
    start,
    request,
    rule: schedule.cron !== null ? "cron" : schedule.every_seconds !== null ? "every" : "at",
    cron: schedule.cron ?? empty.cron,
    every: schedule.every_seconds === null ? empty.every : spanOf(schedule.every_seconds),
    at: schedule.at === null ? "" : localOf(schedule.at, zone),
    zone,
    anchor: schedule.anchor,
    overlap: schedule.overlap,
    catchUp: spanOf(schedule.catch_up_seconds),
  };
}

/** The rule alone; null while it can't be read. */
export function timingOf(draft: ScheduleDraft): Timing | null {
  const zone = draft.zone.trim();
  if (zone === "") return null;
  if (draft.rule === "cron") {
    return draft.cron.trim() === "" ? null : { cron: draft.cron.trim(), time_zone: zone };
  }
  if (draft.rule === "every") {
    const seconds = secondsOf(draft.every);
    if (seconds === null) return null;
    return { every_seconds: seconds, time_zone: zone, ...(draft.anchor ? { anchor: draft.anchor } : {}) };
  }
  const at = instantOf(draft.at, zone);
  return at === null ? null : { at, time_zone: zone };
}

/** The request; null while something that was typed can't be read. */
export function requestOf(draft: ScheduleDraft): ScheduleRequest | null {
  const timing = timingOf(draft);
  const catchUp = secondsOf(draft.catchUp);
  const what = draft.starts === "sop" ? startOf(draft) : rerunOf(draft);
  if (!timing || catchUp === null || !what || draft.name.trim() === "") return null;
  return { name: draft.name.trim(), ...what, ...timing, overlap: draft.overlap, catch_up_seconds: catchUp };
}

/** What an edit has to say: the parts that differ. A rule that is sent anew would count from now on. */
export function changeOf(before: ScheduleDraft, after: ScheduleRequest): Partial<ScheduleRequest> {
  const was = requestOf(before);
  if (!was) return after;
  const groups: (keyof ScheduleRequest)[][] = [
    ["name"],
    ["start", "rerun"],
    ["cron", "every_seconds", "at", "time_zone", "anchor"],
    ["overlap"],
    ["catch_up_seconds"],
  ];
  const part = (request: ScheduleRequest, keys: (keyof ScheduleRequest)[]) =>
    Object.fromEntries(keys.flatMap((key) => (request[key] === undefined ? [] : [[key, request[key]]])));
  return Object.assign(
    {},
    ...groups
      .filter((keys) => writeJson(part(was, keys)) !== writeJson(part(after, keys)))
      .map((keys) => part(after, keys)),
  );
}

function startOf(draft: ScheduleDraft): Pick<ScheduleRequest, "start"> | null {
  const { value } = readDraft(draft.data);
  if (!value || (draft.sopName === "" && draft.sop.trim() === "")) return null;
  const { sop: _, sop_name: __, initial_data: ___, run_name: ____, ...kept } = draft.start;
  return {
    start: {
      ...kept,
      ...(draft.sopName === "" ? { sop: draft.sop } : { sop_name: draft.sopName }),
      initial_data: value,
      ...(draft.runName.trim() === "" ? {} : { run_name: draft.runName.trim() }),
    },
  };
}

function rerunOf(draft: ScheduleDraft): Pick<ScheduleRequest, "rerun"> | null {
  const { value } = readDraft(draft.changes);
  if (!value || draft.threadId.trim() === "") return null;
  const { changes: _, ...kept } = draft.request;
  const { from: __, plan: ___, results: ____, effects: _____, ...others } = kept;
  const request = draft.preset === null ? kept : { ...others, ...PRESETS[draft.preset].fields };
  return {
    rerun: {
      thread_id: draft.threadId.trim(),
      request: { ...request, ...(Object.keys(value).length === 0 ? {} : { changes: value }) },
    },
  };
}
