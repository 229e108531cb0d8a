/** The time that the chart above the list shows, in parts that begin at round times. */
import type { RunActivity } from "@/lib/api";
import { RUN_STATUSES, type RunStatus, STATUS } from "@/lib/status";
import { absoluteTime } from "@/lib/time";
import type { RunSearch } from "./run-search";
import { instantOfText, spanMs } from "./time-text";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const STEPS = [1 / 60, 1 / 6, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(
  (minutes) => minutes * MINUTE,
);
const MOST_BARS = 60;

export interface ChartWindow {
  from: string;
  to: string;
  buckets: number;
}

/** The window of the filter; without one the last day. */
export function chartWindow({ after, before, last }: RunSearch, now: number): ChartWindow {
  const own = instantOfText(before);
  const end = own === null ? now : Date.parse(own);
  const own_start = instantOfText(after);
  const span = last ? spanMs(last) : null;
  const start = own_start === null ? end - (span ?? DAY) : Math.min(Date.parse(own_start), end - 1000);
  const rough = (end - start) / MOST_BARS;
  const week = 7 * DAY;
  const step = STEPS.find((size) => size >= rough) ?? Math.ceil(rough / week) * week;
  const from = Math.floor(start / step) * step;
  const to = Math.ceil(end / step) * step;
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    buckets: Math.round((to - from) / step),
  };
}

export interface ChartBar {
  from: number;
  to: number;
  total: number;
  parts: { status: RunStatus; count: number }[];
}

export function barsOf(activity: RunActivity): ChartBar[] {
  const step = Number(String(activity.bucket_seconds)) * 1000;
  const start = Date.parse(activity.from);
  return activity.buckets.map(({ by_status }, index) => {
    const parts = RUN_STATUSES.map((status) => ({ status, count: by_status[status] ?? 0 })).filter(
      ({ count }) => count > 0,
    );
    const from = start + index * step;
    return { from, to: from + step, total: parts.reduce((sum, { count }) => sum + count, 0), parts };
  });
}

/** What the chart shows, for those who don't see it. */
export function chartSummary(bars: ChartBar[], exact: boolean): string {
  const first = bars[0];
  const last = bars.at(-1);
  if (!first || !last) return "No activity";
  const sums = RUN_STATUSES.flatMap((status) => {
    const count = bars.reduce(
      (sum, bar) => sum + (bar.parts.find((part) => part.status === status)?.count ?? 0),
      0,
    );
    return count > 0 ? [`${count.toLocaleString("en")} ${STATUS[status].word.toLowerCase()}`] : [];
  });
  const about = exact ? "" : "about ";
  const what = sums.length > 0 ? about + sums.join(", ") : "no runs";
  return `Activity from ${absoluteTime(first.from)} to ${absoluteTime(last.to)}: ${what}`;
}
