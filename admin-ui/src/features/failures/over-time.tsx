/** How often failures of one kind came, in equal parts of the time that the page is about. */
import { SparkBars } from "@/components/spark-bars";
import type { FailureGroup, FailurePage } from "@/lib/api/failures";
import { absoluteTime } from "@/lib/time";

type Window = FailurePage["over_time"];
const HOUR = 3_600_000;

export function OverTime({ group, window }: { group: FailureGroup; window: Window }) {
  const { over_time: counts } = group;
  const begin = Date.parse(window.from);
  const width = (Date.parse(window.to) - begin) / Math.max(counts.length, 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return <span className="text-xs text-ink-faint">none</span>;
  return (
    <SparkBars
      label={`${total} in the ${spanText(window).toLowerCase()}`}
      className="w-32"
      bars={counts.map((count, part) => ({
        title: `From ${absoluteTime(begin + part * width)}: ${count}`,
        parts: [{ name: "failed", count, fill: "bg-bad/80" }],
      }))}
    />
  );
}

/** "Last 7 days"; of a window that ends now or not long ago. */
export function spanText({ from, to }: Window): string {
  const hours = Math.round((Date.parse(to) - Date.parse(from)) / HOUR);
  return hours <= 48 ? `Last ${hours} hours` : `Last ${Math.round(hours / 24)} days`;
}
