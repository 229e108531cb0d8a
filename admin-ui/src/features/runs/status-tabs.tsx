/** What needs attention, all, and each state, with their counts. */
import { CircleAlert } from "lucide-react";
import type { MouseEvent } from "react";
import { cx } from "@/lib/class-names";
import { RUN_STATUSES, type RunStatus, STATUS } from "@/lib/status";
import { CAP, type RunCount } from "./types";

const ALWAYS: RunStatus[] = ["running", "waiting", "failed", "completed"];

interface StatusTabsProps {
  attention: boolean;
  chosen: RunStatus[];
  count: RunCount | undefined;
  onAttention: (on: boolean) => void;
  onChange: (statuses: RunStatus[]) => void;
}

export function StatusTabs({ attention, chosen, count, onAttention, onChange }: StatusTabsProps) {
  const seen = (status: RunStatus) => count?.by_status[status] ?? 0;
  const shown = RUN_STATUSES.filter(
    (status) => seen(status) > 0 || chosen.includes(status) || ALWAYS.includes(status),
  );
  // One at a time; with shift, ⌘ or Ctrl one more, or one less.
  const toggle = (status: RunStatus, event: MouseEvent) => {
    const more = event.shiftKey || event.metaKey || event.ctrlKey;
    const others = more ? chosen.filter((other) => other !== status) : [];
    const off = chosen.includes(status) && (more || chosen.length === 1);
    onChange(off ? others : [...others, status]);
  };
  return (
    <fieldset aria-label="Status" className="-mx-1 flex min-w-0 gap-1 overflow-x-auto px-1 py-1">
      <Tab
        label="Needs attention"
        title="Failed without a later success and not dismissed, or waiting for a person"
        on={attention}
        urgent={(count?.attention ?? 0) > 0}
        count={shownCount(count?.attention)}
        onClick={() => onAttention(!attention)}
      />
      <Tab
        label="All"
        title="Runs in whatever state"
        on={chosen.length === 0 && !attention}
        count={shownCount(count && total(count), count?.partial)}
        onClick={() => onChange([])}
      />
      {shown.map((status) => (
        <Tab
          key={status}
          label={STATUS[status].word}
          title={STATUS[status].meaning}
          on={chosen.includes(status)}
          count={shownCount(count && seen(status), count?.partial)}
          onClick={(event) => toggle(status, event)}
        />
      ))}
    </fieldset>
  );
}

function total(count: RunCount): number {
  return Object.values(count.by_status).reduce((sum, some) => sum + (some ?? 0), 0);
}

/** With a + where the server has stopped counting. */
function shownCount(count: number | undefined, partial = false): string | undefined {
  if (count === undefined) return undefined;
  const stopped = count >= CAP || (partial && count > 0);
  return `${Math.min(count, CAP).toLocaleString("en")}${stopped ? "+" : ""}`;
}

interface TabProps {
  label: string;
  title: string;
  on: boolean;
  /** Somebody should look. */
  urgent?: boolean;
  count: string | undefined;
  onClick: (event: MouseEvent) => void;
}

function Tab({ label, title, on, urgent, count, onClick }: TabProps) {
  return (
    <button
      type="button"
      title={title}
      aria-pressed={on}
      onClick={onClick}
      className={cx(
        "inline-flex h-8 shrink-0 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium transition-colors",
        on ? "bg-accent-soft text-accent" : "text-ink-soft hover:bg-hover hover:text-ink",
      )}
    >
      {urgent && <CircleAlert className={cx("size-3.5", !on && "text-wait")} aria-hidden />}
      {label}
      {count !== undefined && (
        <span className={cx("tabular text-xs font-normal", on ? "text-accent" : "text-ink-faint")}>
          {count}
        </span>
      )}
    </button>
  );
}
