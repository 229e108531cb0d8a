/** A whole in parts, as a bar; what each part is stands in its title and in the label. */
import { cx } from "@/lib/class-names";

interface BarProps {
  label: string;
  parts: { name: string; count: number; fill: string }[];
  /** More than the parts where some are still to come. */
  total: number;
  thin?: boolean;
}

export function Bar({ label, parts, total, thin }: BarProps) {
  const shown = parts.filter(({ count }) => count > 0);
  return (
    <div
      role="img"
      aria-label={`${label}: ${shown.map(({ name, count }) => `${count} ${name}`).join(", ") || "nothing yet"}`}
      className={cx("flex w-full gap-px overflow-hidden rounded-full bg-idle-soft", thin ? "h-1.5" : "h-2.5")}
    >
      {shown.map(({ name, count, fill }) => (
        <span
          key={name}
          title={`${count.toLocaleString("en")} ${name}`}
          className={cx("h-full min-w-0.5 transition-[width] duration-500", fill)}
          style={{ width: `${(100 * count) / Math.max(total, 1)}%` }}
        />
      ))}
    </div>
  );
}
