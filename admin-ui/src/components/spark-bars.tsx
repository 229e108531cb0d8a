/** What came how often, as small bars over time with the latest at the right. */
import { cx } from "@/lib/class-names";

export interface SparkBar {
  /** Said on hover: when, and how much of what. */
  title: string;
  parts: { name: string; count: number; fill: string }[];
}

interface SparkBarsProps {
  /** The whole in words: the bars themselves are a picture. */
  label: string;
  bars: SparkBar[];
  className?: string;
}

const sum = ({ parts }: SparkBar) => parts.reduce((total, { count }) => total + count, 0);

export function SparkBars({ label, bars, className }: SparkBarsProps) {
  const most = Math.max(1, ...bars.map(sum));
  return (
    <div role="img" aria-label={label} className={cx("flex h-7 items-end gap-px", className)}>
      {bars.map((bar) => (
        <span key={bar.title} title={bar.title} className="flex h-full min-w-0 flex-1 flex-col justify-end">
          {sum(bar) === 0 && <span className="h-px w-full bg-line-strong/50" />}
          {bar.parts
            .filter(({ count }) => count > 0)
            .map(({ name, count, fill }) => (
              <span
                key={name}
                className={cx("min-h-0.5 w-full first:rounded-t-[1px]", fill)}
                style={{ height: `${(100 * count) / most}%` }}
              />
            ))}
        </span>
      ))}
    </div>
  );
}
