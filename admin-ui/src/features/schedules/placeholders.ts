/** What `{{ … }}` in a schedule's values can stand for, as the server fills it in. */
export const PLACEHOLDERS: { name: string; meaning: string }[] = [
  { name: "scheduled_at", meaning: "when it was due, in UTC: 2026-11-25T01:00:00Z" },
  { name: "scheduled_at.local", meaning: "the same in the schedule's time zone: 2026-11-25T02:00:00+01:00" },
  { name: "scheduled_at.date", meaning: "the local date: 2026-11-25" },
  { name: "scheduled_at.time", meaning: "the local time: 02:00" },
  { name: "scheduled_at.timestamp", meaning: "seconds since 1970, a number" },
  { name: "previous_at", meaning: "due time of the run started before, in UTC; null for the first one" },
  { name: "previous_at.local", meaning: "the same in the schedule's time zone" },
  { name: "previous_at.date", meaning: "its local date" },
  { name: "schedule.id", meaning: "the schedule's id" },
  { name: "schedule.name", meaning: "the schedule's name" },
  { name: "schedule.time_zone", meaning: "such as Europe/Berlin" },
  { name: "firing.number", meaning: "how many runs the schedule has started with this one, a number" },
  { name: "firing.why", meaning: "due, now (somebody asked) or backfill" },
];
