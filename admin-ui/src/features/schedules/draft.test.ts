import { describe, expect, it } from "vitest";
import type { ScheduleDetail } from "@/lib/api/schedules";
import { parseJson, writeJson } from "@/lib/json";
import { changeOf, draftFrom, emptyDraft, requestOf, type ScheduleDraft, timingOf } from "./draft";

const written: ScheduleDraft = {
  ...emptyDraft(),
  name: " Nightly ",
  sop: "Screen orders.",
  zone: "Europe/Berlin",
};

const schedule = {
  name: "Nightly",
  start: {
    sop_name: "order-intake",
    initial_data: { day: "{{ scheduled_at.date }}" },
    metadata: { team: "a" },
  },
  rerun: null,
  cron: "0 2 * * *",
  every_seconds: null,
  at: null,
  anchor: null,
  time_zone: "Europe/Berlin",
  overlap: "queue_one",
  catch_up_seconds: 5400,
} as unknown as ScheduleDetail;

describe("requestOf", () => {
  it("starts an SOP, digit for digit", () => {
    const request = requestOf({ ...written, data: '{"invoice": 12345678901234567890}' });
    expect(writeJson(request?.start)).toBe(
      '{"sop":"Screen orders.","initial_data":{"invoice":12345678901234567890}}',
    );
    expect(request).toMatchObject({
      name: "Nightly",
      cron: "0 6 * * *",
      time_zone: "Europe/Berlin",
      overlap: "skip",
      catch_up_seconds: 3600,
    });
  });

  it("reruns a run with a preset and changes", () => {
    const draft = { ...written, starts: "rerun" as const, threadId: " order-1 ", changes: '{"day": "x"}' };
    expect(requestOf(draft)?.rerun).toEqual({ thread_id: "order-1", request: { changes: { day: "x" } } });
    expect(requestOf({ ...draft, preset: "only-what-changed", changes: "" })?.rerun?.request).toEqual({
      plan: "unchanged",
      results: "unchanged",
    });
  });

  it.each<[string, Partial<ScheduleDraft>]>([
    ["no name", { name: " " }],
    ["no SOP", { sop: "" }],
    ["no JSON", { data: "{" }],
    ["no run", { starts: "rerun" }],
    ["no rule", { cron: " " }],
    ["no number", { rule: "every", every: { count: "1.5", unit: "days" } }],
    ["half a time", { rule: "at", at: "" }],
    ["no zone", { zone: "" }],
  ])("is null with %s", (_, part) => expect(requestOf({ ...written, ...part })).toBeNull());

  it("gives a saved schedule back as it was, also what the form has no field for", () => {
    expect(requestOf(draftFrom(schedule))).toEqual({
      name: "Nightly",
      start: schedule.start,
      cron: "0 2 * * *",
      time_zone: "Europe/Berlin",
      overlap: "queue_one",
      catch_up_seconds: 5400,
    });
  });

  it("keeps a mixture of freedoms that has no name, until a preset is chosen", () => {
    const request = parseJson('{"from": 3, "plan": "recorded", "skills": "pinned", "changes": {"a": 1}}');
    const saved = {
      ...schedule,
      start: null,
      rerun: { thread_id: "r", request },
    } as unknown as ScheduleDetail;
    const draft = draftFrom(saved);
    expect(draft.preset).toBeNull();
    expect(requestOf(draft)?.rerun?.request).toEqual(request);
    expect(requestOf({ ...draft, preset: "from-failure" })?.rerun?.request).toEqual({
      from: "failure",
      skills: "pinned",
      changes: { a: 1 },
    });
  });
});

it("reads one time as clocks in the zone show it, and an interval with what it counts from", () => {
  const at = { ...written, rule: "at" as const, at: "2026-12-01T08:00" };
  expect(timingOf(at)).toEqual({ at: "2026-12-01T07:00:00Z", time_zone: "Europe/Berlin" });
  const every = { ...written, rule: "every" as const, anchor: "2026-01-01T00:00:00Z" };
  expect(timingOf(every)).toEqual({
    every_seconds: 900,
    time_zone: "Europe/Berlin",
    anchor: "2026-01-01T00:00:00Z",
  });
});

it("sends of an edit only what differs, and a rule as a whole", () => {
  const before = draftFrom(schedule);
  const edited = (part: Partial<ScheduleDraft>) => {
    const request = requestOf({ ...before, ...part });
    return request && changeOf(before, request);
  };
  expect(edited({})).toEqual({});
  expect(edited({ name: "Daily" })).toEqual({ name: "Daily" });
  expect(edited({ zone: "UTC" })).toEqual({ cron: "0 2 * * *", time_zone: "UTC" });
  expect(edited({ data: "{}" })).toEqual({ start: { ...schedule.start, initial_data: {} } });
});
