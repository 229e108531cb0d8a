/** Times and durations that stay true while the page is open. */
import { absoluteTime, duration, relativeTime, useNow } from "@/lib/time";

/** "2 min. ago", with the exact time on hover. */
export function When({ at }: { at: string }) {
  const time = Date.parse(at);
  const now = useNow(Date.now() - time < 3_600_000 ? 1000 : 60_000);
  return (
    <time dateTime={at} title={absoluteTime(time)} className="tabular whitespace-nowrap">
      {relativeTime(time, now)}
    </time>
  );
}

/** How long something took; it counts on while there is no end. */
export function Took({ from, to }: { from: string; to: string | null }) {
  const now = useNow(to === null ? 200 : null);
  const end = to === null ? now : Date.parse(to);
  return <span className="tabular whitespace-nowrap">{duration(end - Date.parse(from))}</span>;
}
