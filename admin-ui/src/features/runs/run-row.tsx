/** One run in the list. */
import { Link, useNavigate } from "@tanstack/react-router";
import { CornerDownRight, ShieldCheck } from "lucide-react";
import { Badge } from "@/components/badge";
import { EndKept } from "@/components/end-kept";
import { StatusPill } from "@/components/status-pill";
import { Took, When } from "@/components/when";
import { DryBadge } from "@/features/family/dry-badge";
import { FixedBy } from "@/features/family/fixed-by";
import { RerunButton } from "@/features/rerun/rerun-button";
import type { RunItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { WAITS_FOR } from "@/lib/status";
import { SelectBox } from "./select-box";

/** Cells of a row; on small screens the row is a grid of two columns. */
export const ROW =
  "group transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[auto_minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:px-4 max-md:py-4";
export const CELL = "px-3 py-3 align-middle max-md:p-0";

interface RunRowProps {
  run: RunItem;
  onRerun: (run: RunItem) => void;
  selected: boolean;
  /** `through`: also all between this one and the one that was marked before. */
  onSelect: (through: boolean) => void;
}

export function RunRow({ run, onRerun, selected, onSelect }: RunRowProps) {
  const navigate = useNavigate();
  const to = { to: "/runs/$threadId", params: { threadId: run.thread_id } } as const;
  return (
    // The link in the first cell is what keyboards and screen readers use; a click anywhere is a shortcut.
    <tr
      data-run={run.thread_id}
      className={cx(ROW, "cursor-pointer", selected && "bg-accent-soft/50")}
      onClick={(event) => {
        const own = (event.target as Element).closest("a, button, label");
        if (!own && !getSelection()?.toString()) void navigate(to);
      }}
    >
      <td className="w-10 p-0 align-middle max-md:w-auto">
        <SelectBox label={`Select ${run.run_name}`} on={selected} onChange={onSelect} />
      </td>
      <td
        className={`${CELL} max-w-0 min-w-44 pl-1 md:w-[26%] max-md:col-span-1 max-md:max-w-none max-md:min-w-0`}
      >
        <Link {...to} className="block font-medium hover:text-accent" title={run.run_name}>
          <EndKept text={run.run_name} />
        </Link>
        <div className="font-mono text-xs text-ink-faint" title={run.thread_id}>
          <EndKept text={run.thread_id} />
        </div>
      </td>
      <td className={`${CELL} md:min-w-36 max-md:justify-self-end`}>
        <StatusPill status={run.status} />
      </td>
      <td className={`${CELL} max-w-0 lg:w-[32%] max-lg:hidden`}>
        <div className="truncate text-ink-soft" title={run.sop_title}>
          {run.sop_title}
        </div>
        <Aside run={run} />
      </td>
      <td
        className={`${CELL} min-w-0 text-ink-soft max-md:col-span-3 max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-2`}
      >
        <When at={run.started_at ?? run.created_at} />
        <span className="md:hidden">
          · <Duration run={run} />
        </span>
        <span className="min-w-0 basis-full truncate md:hidden">{run.sop_title}</span>
        <span className="min-w-0 basis-full lg:hidden [&>div]:md:max-w-32">
          <Aside run={run} />
        </span>
      </td>
      <td className={`${CELL} text-ink-soft max-md:hidden`}>
        <Duration run={run} />
      </td>
      <td className={`${CELL} max-w-40 max-lg:hidden`}>
        {run.parent_thread_id && (
          <Link
            to="/runs/$threadId"
            params={{ threadId: run.parent_thread_id }}
            title={run.parent_thread_id}
            className="inline-flex max-w-full items-center gap-1 text-[0.8125rem] text-ink-soft hover:text-accent"
          >
            <CornerDownRight className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
            <span className="min-w-0 font-mono text-xs">
              <EndKept text={run.parent_thread_id} />
            </span>
          </Link>
        )}
      </td>
      <td className={`${CELL} pr-5 text-right max-md:col-span-3 max-md:justify-self-end`}>
        <RerunButton
          threadId={run.thread_id}
          name={run.run_name}
          refused={run.rerunnable === "no" ? (run.rerunnable_why ?? "This run can't be rerun") : undefined}
          onOpen={() => onRerun(run)}
        />
      </td>
    </tr>
  );
}

function Duration({ run }: { run: RunItem }) {
  if (run.started_at) return <Took from={run.started_at} to={run.finished_at} />;
  return <span className="text-ink-faint">–</span>;
}

/** What a glance should catch: why it failed, what it waits for, effects that were not repeated. */
function Aside({ run }: { run: RunItem }) {
  const wait = run.waiting?.[0];
  return (
    <>
      {run.status === "failed" && run.error && (
        <div className="truncate text-xs text-bad" title={run.error.message}>
          {run.error.message}
        </div>
      )}
      {run.fixed_by && <FixedBy by={run.fixed_by} root={run.root_thread_id} />}
      {run.status === "waiting" && wait && (
        <div className="truncate text-xs text-wait">
          for {WAITS_FOR[wait.reason]}
          {wait.skill && `: ${wait.skill}`}
        </div>
      )}
      {run.dry && <DryBadge />}
      {run.not_repeated > 0 && (
        <Badge tone="good" title="Effects that had happened in an earlier run of the family">
          <ShieldCheck aria-hidden /> {run.not_repeated} not repeated
        </Badge>
      )}
    </>
  );
}
