/** A time twice: as the clocks of a zone show it, and in UTC. */
import { absoluteTime } from "@/lib/time";
import { clockText } from "@/lib/zone";

interface ZonedTimeProps {
  at: string;
  /** The same as clocks in the zone show it, as the server says it. */
  local: string;
  zone: string;
}

export function ZonedTime({ at, local, zone }: ZonedTimeProps) {
  const utc = clockText(new Date(Date.parse(at)).toISOString());
  const here = clockText(local);
  const sameDay = utc.slice(0, -6) === here.slice(0, -6);
  return (
    <time dateTime={at} title={`${absoluteTime(Date.parse(at))} (your time zone)`} className="tabular">
      <span className="whitespace-nowrap">{here}</span>{" "}
      {zone !== "UTC" && <span className="text-ink-faint">{zone}</span>}{" "}
      <span className="whitespace-nowrap text-ink-faint">
        {zone === "UTC" ? "UTC" : `= ${sameDay ? utc.slice(-5) : utc} UTC`}
      </span>
    </time>
  );
}
