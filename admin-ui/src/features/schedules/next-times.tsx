/** The next times of a rule. */
import { When } from "@/components/when";
import { ZonedTime } from "@/components/zoned-time";
import type { DueTime } from "@/lib/api/schedules";

export function NextTimes({ times, zone }: { times: DueTime[]; zone: string }) {
  return (
    <ol aria-label="Next times" className="divide-y text-[0.8125rem]">
      {times.map(({ at, local }) => (
        <li key={at} className="flex flex-wrap items-baseline justify-between gap-x-3 py-1.5">
          <ZonedTime at={at} local={local} zone={zone} />
          <span className="text-xs text-ink-faint">
            <When at={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}
