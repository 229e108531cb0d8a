/** One run in the tree of its family. */
import { Link } from "@tanstack/react-router";
import { CornerDownRight, ShieldCheck } from "lucide-react";
import { Badge } from "@/components/badge";
import { StatusPill } from "@/components/status-pill";
import { By, isRule } from "@/features/audit/by";
import type { LineageItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { absoluteTime } from "@/lib/time";
import { DryBadge } from "./dry-badge";
import { FixedBy } from "./fixed-by";
import { isDry, presetWord, shortName } from "./naming";
import { PickBox } from "./pick-box";
import type { Picks } from "./picks";

/** Deeper runs are not indented further, so that there is room for their names. */
const DEEPEST = 8;

interface FamilyRowProps {
  run: LineageItem;
  depth: number;
  root: string;
  /** This is the run whose page it is. */
  here: boolean;
  /** There is nothing left to compare it with. */
  parentDeleted: boolean;
  picks: Picks;
}

export function FamilyRow({ run, depth, root, here, parentDeleted, picks }: FamilyRowProps) {
  return (
    <li
      data-run={run.thread_id}
      data-depth={depth}
      aria-current={here ? "true" : undefined}
      className={cx(
        "flex gap-2 px-5 py-2.5 max-md:px-4",
        here && "bg-accent-soft/60 shadow-[inset_3px_0_var(--accent)]",
      )}
    >
      <span className="w-6 shrink-0 pt-1">
        {!run.deleted_at && (
          <PickBox id={run.thread_id} name={shortName(run.thread_id, root)} picks={picks} />
        )}
      </span>
      <Indent depth={depth} />
      <div className="min-w-0 grow">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Name {...{ run, here }} />
          {run.status ? <StatusPill status={run.status} /> : <Badge>Deleted</Badge>}
          {here && <span className="text-xs font-medium text-accent">this run</span>}
          {isDry(run) && <DryBadge />}
          {run.fixed_by && <FixedBy by={run.fixed_by} root={root} />}
          {run.not_repeated > 0 && (
            <Badge tone="good" title="Effects that had happened in an earlier run of the family">
              <ShieldCheck aria-hidden /> {run.not_repeated} not repeated
            </Badge>
          )}
        </div>
        <p className="mt-0.5 text-[0.8125rem] break-words text-ink-soft">
          {presetWord(run)} ·{" "}
          {isRule(run.requested_by) ? (
            <By actor={run.requested_by} />
          ) : (
            (run.requested_by.name ?? run.requested_by.kind)
          )}{" "}
          · {absoluteTime(Date.parse(run.created_at))}
          {run.parent_thread_id && !run.deleted_at && !parentDeleted && (
            <>
              {" "}
              ·{" "}
              <Link
                to="/compare"
                search={{ left: run.parent_thread_id, right: run.thread_id }}
                title="Compare with the run it repeats"
                className="text-accent hover:underline"
              >
                Compare
              </Link>
            </>
          )}
          {run.error_type && <span className="text-bad"> · {run.error_type}</span>}
        </p>
        {run.reason && <p className="text-[0.8125rem] break-words">“{run.reason}”</p>}
      </div>
    </li>
  );
}

export function Indent({ depth }: { depth: number }) {
  if (depth === 0) return null;
  return (
    <span
      aria-hidden
      className="flex shrink-0 justify-end pt-1 [--indent:1.5rem] max-md:[--indent:0.75rem]"
      style={{ width: `calc(var(--indent) * ${Math.min(depth, DEEPEST)})` }}
    >
      <CornerDownRight className="size-4 shrink-0 text-ink-faint" />
    </span>
  );
}

function Name({ run, here }: { run: LineageItem; here: boolean }) {
  const id = <span className="font-mono text-xs break-all text-ink-faint">{run.thread_id}</span>;
  if (run.deleted_at) return <span className="line-through decoration-line-strong">{id}</span>;
  return (
    <span className="min-w-0">
      {here ? (
        <span className="font-semibold">{run.run_name}</span>
      ) : (
        <Link
          to="/runs/$threadId"
          params={{ threadId: run.thread_id }}
          className="font-medium text-accent hover:underline"
        >
          {run.run_name}
        </Link>
      )}{" "}
      <span className="max-md:hidden">{id}</span>
    </span>
  );
}
