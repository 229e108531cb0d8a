/** Times and durations that stay true while the page is open. */
import { usePreference } from "@/lib/preference";
import { absoluteTime, duration, relativeTime, timeStyle, useNow } from "@/lib/time";
import { shownZone } from "@/lib/zone";

/** "2 min. ago", with the exact time on hover; or the other way round, as the settings say. */
export function When({ at }: { at: string }) {
  const style = usePreference(timeStyle);
  usePreference(shownZone);
  const time = Date.parse(at);
  const now = useNow(Date.now() - time < 3_600_000 ? 1000 : 60_000);
  const [shown, title] = [relativeTime(time, now), absoluteTime(time)];
  return (
    <time dateTime={at} title={style === "relative" ? title : shown} className="tabular whitespace-nowrap">
      {style === "relative" ? shown : title}
    </time>
  );
}

/** How long something took; it counts on while there is no end. */
export function Took({ from, to }: { from: string; to: string | null }) {
  const now = useNow(to === null ? 200 : null);
  const end = to === null ? now : Date.parse(to);
  return <span className="tabular whitespace-nowrap">{duration(end - Date.parse(from))}</span>;
}
