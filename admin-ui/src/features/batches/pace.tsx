/** How quickly a batch goes, and when it will have ended at that rate. */
import type { Batch } from "@/lib/api/batches";
import { approximate } from "@/lib/json";
import { absoluteTime, clockTime, duration, useNow } from "@/lib/time";

const DAY = 86_400_000;

export function Pace({ pace }: { pace: Batch["pace"] }) {
  const now = useNow(pace ? 1000 : null);
  if (!pace) return null;
  const perMinute = approximate(pace.per_minute) ?? 0;
  const end = pace.ends_at === null ? null : Date.parse(pace.ends_at);
  return (
    <span data-pace className="tabular">
      {perMinute.toLocaleString("en", { maximumFractionDigits: perMinute < 10 ? 1 : 0 })} a minute
      {end !== null && end > now && (
        <span title={absoluteTime(end)}>
          , about {duration(roughly(end - now))} left
          {end - now < DAY && `, until ${clockTime(end).slice(0, 5)}`}
        </span>
      )}
    </span>
  );
}

/** Seconds while there are few, else whole minutes: it is an estimate. */
function roughly(ms: number): number {
  return ms < 90_000 ? ms : Math.round(ms / 60_000) * 60_000;
}
