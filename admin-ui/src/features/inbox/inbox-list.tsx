/** What waits, one below the other; the open one is marked. */
import { Link } from "@tanstack/react-router";
import { CircleHelp, type LucideIcon, ShieldAlert, UserCheck } from "lucide-react";
import { When } from "@/components/when";
import { SelectBox } from "@/features/runs/select-box";
import type { Wait } from "@/lib/api/waits";
import { cx } from "@/lib/class-names";
import { type InboxReason, keyOf, REASON } from "./inbox-search";
import { questionOf, valuesOf } from "./summary";

const ICONS: Record<InboxReason, LucideIcon> = {
  approval: UserCheck,
  consent: ShieldAlert,
  in_doubt: CircleHelp,
};

interface InboxListProps {
  waits: Wait[];
  open: string | undefined;
  /** Nobody has chosen the open one: on small screens, where it has no place beside, it is not marked. */
  isFirst: boolean;
  /** None in the history. */
  selected?: readonly string[];
  onToggle: (key: string, through: boolean) => void;
}

export function InboxList({ waits, open, isFirst, selected, onToggle }: InboxListProps) {
  return (
    <ul aria-label="Items" className="divide-y">
      {waits.map((wait) => {
        const key = keyOf(wait);
        return (
          <li
            key={key}
            data-item={key}
            className={cx(
              "flex items-start transition-colors",
              key !== open ? "hover:bg-hover" : isFirst ? "lg:bg-accent-soft" : "bg-accent-soft",
            )}
          >
            {selected && (
              <div className="max-md:pt-3 max-md:pl-3">
                <SelectBox
                  label={`Select ${wait.run_name}`}
                  on={selected.includes(key)}
                  onChange={(through) => onToggle(key, through)}
                />
              </div>
            )}
            <Row wait={wait} open={key === open} besideBox={selected !== undefined} />
          </li>
        );
      })}
    </ul>
  );
}

function Row({ wait, open, besideBox }: { wait: Wait; open: boolean; besideBox: boolean }) {
  const reason = wait.reason as InboxReason;
  const Icon = ICONS[reason] ?? UserCheck;
  return (
    <Link
      to="/inbox"
      search={(now: object) => ({ ...now, run: wait.thread_id, step: String(wait.step) })}
      resetScroll={false}
      aria-current={open ? "true" : undefined}
      className={cx(
        "min-w-0 grow py-2.5 pr-4 focus-visible:outline-offset-[-2px]",
        besideBox ? "pl-2" : "pl-4",
      )}
    >
      <span className="flex items-baseline justify-between gap-3">
        <span className="truncate text-[0.8125rem] font-medium">{wait.run_name}</span>
        <span className="shrink-0 text-2xs text-ink-faint">
          <When at={wait.answered?.at ?? wait.since} />
        </span>
      </span>
      <span className="mt-0.5 flex items-center gap-1.5 text-xs text-ink-soft">
        <Icon className="size-3.5 shrink-0 text-wait" role="img" aria-label={REASON[reason]?.word} />
        <span className="min-w-0 truncate">{questionOf(wait)}</span>
        {wait.until && !wait.answered && (
          <span className="ml-auto shrink-0 text-2xs text-wait">
            due <When at={wait.until} />
          </span>
        )}
      </span>
      <span className="mt-0.5 block truncate text-xs text-ink-faint">
        {valuesOf(wait.asks).map(({ path, text }, index) => (
          <span key={path} title={path}>
            {index > 0 && " · "}
            {text}
          </span>
        ))}
      </span>
    </Link>
  );
}
