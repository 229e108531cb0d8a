/** What a skill has been doing of late: small bars, and the same in words. */
import { Link } from "@tanstack/react-router";
import { LoaderCircle } from "lucide-react";
import { SparkBars } from "@/components/spark-bars";
import type { SkillActivity, SkillActivityItem } from "@/lib/api/skills";
import { cx } from "@/lib/class-names";
import { approximate } from "@/lib/json";
import { clockTime } from "@/lib/time";

interface ActivityProps {
  /** Undefined: it did nothing in this time. */
  item: SkillActivityItem | undefined;
  window: SkillActivity;
  /** As wide as what it stands in. */
  wide?: boolean;
}

export function Activity({ item, window, wide }: ActivityProps) {
  if (!item) return <span className="text-xs text-ink-faint">nothing</span>;
  const { name, completed, failed, running } = item;
  return (
    <div className={cx("max-w-full space-y-1", !wide && "w-36")}>
      <SparkBars
        label={`${name}: ${completed} completed and ${failed} failed`}
        bars={item.buckets.map((bucket, index) => ({
          title: titleOf(window, index, bucket),
          parts: [
            { name: "failed", count: bucket.failed, fill: "bg-bad" },
            { name: "completed", count: bucket.completed, fill: "bg-good/70" },
          ],
        }))}
      />
      <p className="flex flex-wrap gap-x-2 text-xs text-ink-faint tabular">
        {running > 0 && (
          <span className="inline-flex items-center gap-1 font-medium text-busy">
            <LoaderCircle className="size-3 animate-spin" aria-hidden />
            {running.toLocaleString("en")} running
          </span>
        )}
        <span>{completed.toLocaleString("en")} done</span>
        {failed > 0 && (
          <Link
            to="/failures"
            search={{ skill: name }}
            aria-label={`${failed.toLocaleString("en")} failed: ${name}`}
            className="font-medium text-bad hover:underline"
          >
            {failed.toLocaleString("en")} failed
          </Link>
        )}
      </p>
    </div>
  );
}

function titleOf(
  { from, bucket_seconds }: SkillActivity,
  index: number,
  { completed, failed }: { completed: number; failed: number },
): string {
  const width = (approximate(bucket_seconds) ?? 0) * 1000;
  const begin = Date.parse(from) + index * width;
  const said = completed + failed === 0 ? "nothing" : `${completed} completed, ${failed} failed`;
  return `${clockTime(begin)} to ${clockTime(begin + width)}: ${said}`;
}
