/** Time zones: what clocks show there, and when it is what they show. */
import { preference } from "./preference";

/** The browser's own. */
export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** The zone that times are shown in: a kept choice, else the browser's own. */
export const shownZone = preference<string>({
  key: "asf-zone",
  fallback: OWN_ZONE,
  valid: (text): text is string => isZone(text),
});

export function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** Names to choose from; the server knows best whether another is one. */
export function zoneNames(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];
}

/** Milliseconds by which clocks in a zone are ahead of UTC at a time. Throws RangeError for no zone. */
function aheadOfUtc(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return shown - Math.floor(at / 1000) * 1000;
}

/**
 * The time at which clocks in a zone show `local` (as a datetime-local field has it), as UTC text; null for
 * an incomplete time or no zone. Of a time that clocks show twice it is the first, and one they leave out is
 * moved on by the gap.
 */
export function instantOf(local: string, zone: string): string | null {
  const shown = Date.parse(`${local}Z`);
  if (Number.isNaN(shown)) return null;
  try {
    const day = 86_400_000;
    const offsets = [aheadOfUtc(zone, shown - day), aheadOfUtc(zone, shown + day)];
    const fitting = offsets.map((ahead) => shown - ahead).filter((at) => at + aheadOfUtc(zone, at) === shown);
    const at = fitting.length > 0 ? Math.min(...fitting) : shown - (offsets[0] ?? 0);
    return new Date(at).toISOString().replace(".000Z", "Z");
  } catch {
    return null;
  }
}

/** What clocks in a zone show at a time, as a datetime-local field has it; "" for no zone. */
export function localOf(at: string | number, zone: string): string {
  const time = typeof at === "number" ? at : Date.parse(at);
  try {
    return new Date(time + aheadOfUtc(zone, time)).toISOString().slice(0, 16);
  } catch {
    return "";
  }
}

const SHOWN: Intl.DateTimeFormatOptions = {
  timeZone: "UTC",
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
};
const words = new Intl.DateTimeFormat("en-GB", SHOWN);
const withSeconds = new Intl.DateTimeFormat("en-GB", { ...SHOWN, second: "2-digit" });

/** "Wed, 25 Nov 2026, 02:00" of "2026-11-25T02:00:00+01:00": what the clocks of its zone show. */
export function clockText(local: string): string {
  const shown = local.slice(0, 19);
  const text = (shown.endsWith(":00") ? words : withSeconds).format(Date.parse(`${shown}Z`));
  return text.replace(" at ", ", ");
}
