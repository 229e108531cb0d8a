/** The chart with the time that it shows. */
import { Skeleton } from "@/components/empty";
import { Panel } from "@/components/panel";
import type { RunActivity } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { absoluteTime } from "@/lib/time";
import { barsOf } from "./activity";
import { ActivityChart } from "./activity-chart";

interface ActivityPanelProps {
  activity: RunActivity | undefined;
  error: unknown;
  onNarrow: (from: number, to: number) => void;
}

export function ActivityPanel({ activity, error, onNarrow }: ActivityPanelProps) {
  const bars = activity ? barsOf(activity) : [];
  const total = bars.reduce((sum, bar) => sum + bar.total, 0);
  return (
    <Panel className="mb-4 px-4 pt-3 pb-2">
      {activity ? (
        <>
          <ActivityChart bars={bars} exact={activity.exact} onNarrow={onNarrow} />
          <div className="mt-1 flex justify-between gap-3 text-2xs text-ink-faint">
            <span className="md:whitespace-nowrap">{absoluteTime(Date.parse(activity.from))}</span>
            <span className="truncate max-md:hidden">
              {activity.exact ? "" : "About "}
              {total.toLocaleString("en")} {total === 1 ? "run" : "runs"} in this time · drag to narrow it
            </span>
            <span className="text-right md:whitespace-nowrap">{absoluteTime(Date.parse(activity.to))}</span>
          </div>
        </>
      ) : error === null ? (
        <Skeleton className="h-18" />
      ) : (
        <p className="flex h-18 items-center justify-center text-[0.8125rem] text-ink-soft">
          No chart: {asApiError(error).detail}
        </p>
      )}
    </Panel>
  );
}
