/** Times and spans as they are typed into the filter, in the zone that times are shown in. */
import { instantOf, localOf, shownZone } from "@/lib/zone";

const SPAN_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** "90m", "24h", "7d" in milliseconds; null for anything else. */
export function spanMs(text: string): number | null {
  const [, count, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  return count && unit ? Number(count) * (SPAN_MS[unit] ?? 0) : null;
}

/** A day, or a time as the clocks of the zone show it, or with Z or an offset, in UTC; null where it is none. */
export function instantOfText(text: string | undefined, zone = shownZone.get()): string | null {
  const typed = (text ?? "").trim().replace(" ", "T");
  if (/^\d{4}-\d\d-\d\d$/.test(typed)) return instantOf(`${typed}T00:00`, zone);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(typed)) return instantOf(typed, zone);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(typed)) return null;
  const at = Date.parse(typed);
  return Number.isNaN(at) ? null : new Date(at).toISOString().replace(".000Z", "Z");
}

/** The shortest text for a time: a day for midnight, else with the minutes, and the seconds where there are any. */
export function textOfInstant(at: string, zone = shownZone.get()): string {
  const local = localOf(at, zone);
  if (local === "") return at;
  const seconds = new Date(at).toISOString().slice(17, 19);
  if (seconds !== "00") return `${local}:${seconds}`;
  return local.endsWith("T00:00") ? local.slice(0, 10) : local;
}
