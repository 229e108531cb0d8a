/** Times and durations for people. */
import { useEffect, useState } from "react";
import { preference } from "./preference";
import { shownZone } from "./zone";

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
const LONG: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
};
let formats: (Record<"long" | "short" | "clock", Intl.DateTimeFormat> & { zone: string }) | undefined;

/** Formats are slow to make: those of the zone that is shown are kept. */
function inZone() {
  const zone = shownZone.get();
  if (formats?.zone !== zone) {
    formats = {
      zone,
      long: new Intl.DateTimeFormat("en", { ...LONG, timeZone: zone }),
      short: new Intl.DateTimeFormat("en", {
        dateStyle: "medium",
        timeStyle: "short",
        hourCycle: "h23",
        timeZone: zone,
      }),
      clock: new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23", timeZone: zone }),
    };
  }
  return formats;
}

export type TimeStyle = "relative" | "absolute";

/** Whether lists say "2 min. ago" or the time itself; the other one stands in the title. */
export const timeStyle = preference<TimeStyle>({
  key: "asf-times",
  fallback: "relative",
  valid: (text) => text === "absolute",
});

/** "2 min. ago", "in 3 sec."; up to five seconds ago "just now". */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > -5 && seconds <= 0 ? "just now" : relative.format(seconds, "second");
}

/** "Nov 28, 2026, 9:04:05 PM GMT+1", in the zone that is shown, which it names. */
export const absoluteTime = (at: number) => inZone().long.format(at);
/** "Nov 28, 2026, 21:04", where there is little room. */
export const shortTime = (at: number) => inZone().short.format(at);
export const clockTime = (at: number) => inZone().clock.format(at);

/** "320 ms", "4.2 s", "3 min 05 s", "2 h 07 min", "3 d 4 h". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const pad = (value: number) => String(value).padStart(2, "0");
  if (minutes < 60) return `${minutes} min ${pad(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${pad(minutes % 60)} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The present, read again every `everyMs`; null stands still. */
export function useNow(everyMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
