/** States with their counts; each switches itself on and off. */
import type { RunCount } from "@/features/runs/types";
import { cx } from "@/lib/class-names";
import { RUN_STATUSES, type RunStatus, STATUS } from "@/lib/status";

interface StatusTabsProps {
  chosen: RunStatus[];
  count: RunCount | undefined;
  onChange: (statuses: RunStatus[]) => void;
}

export function StatusTabs({ chosen, count, onChange }: StatusTabsProps) {
  const seen = (status: RunStatus) => count?.by_status[status] ?? 0;
  const shown = RUN_STATUSES.filter(
    (status) =>
      seen(status) > 0 ||
      chosen.includes(status) ||
      ["running", "waiting", "failed", "completed"].includes(status),
  );
  const total = count
    ? Object.values(count.by_status).reduce((sum, some) => sum + (some ?? 0), 0)
    : undefined;
  return (
    <fieldset aria-label="Status" className="-mx-1 flex min-w-0 gap-1 overflow-x-auto px-1 py-1">
      <Tab label="All" on={chosen.length === 0} count={total} onClick={() => onChange([])} />
      {shown.map((status) => (
        <Tab
          key={status}
          label={STATUS[status].word}
          on={chosen.includes(status)}
          count={count && seen(status)}
          onClick={() =>
            onChange(
              chosen.includes(status) ? chosen.filter((other) => other !== status) : [...chosen, status],
            )
          }
        />
      ))}
    </fieldset>
  );
}

interface TabProps {
  label: string;
  on: boolean;
  count: number | undefined;
  onClick: () => void;
}

function Tab({ label, on, count, onClick }: TabProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={cx(
        "inline-flex h-8 shrink-0 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium transition-colors",
        on ? "bg-accent-soft text-accent" : "text-ink-soft hover:bg-hover hover:text-ink",
      )}
    >
      {label}
      {count !== undefined && (
        <span className={cx("tabular text-xs font-normal", on ? "text-accent" : "text-ink-faint")}>
          {count >= 10_000 ? "10,000+" : count.toLocaleString("en")}
        </span>
      )}
    </button>
  );
}
