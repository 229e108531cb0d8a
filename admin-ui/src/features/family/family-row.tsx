/** One run in the tree of its family. */
import { Link } from "@tanstack/react-router";
import { CornerDownRight, ShieldCheck } from "lucide-react";
import { Badge } from "@/components/badge";
import { StatusPill } from "@/components/status-pill";
import { By, isRule } from "@/features/audit/by";
import { cx } from "@/lib/class-names";
import { absoluteTime } from "@/lib/time";
import { DryBadge } from "./dry-badge";
import { FixedBy } from "./fixed-by";
import { isDry, presetWord, type TreeLine } from "./tree";

/** Deeper runs are not indented further, so that there is room for their names. */
const DEEPEST = 8;

interface FamilyRowProps {
  line: TreeLine;
  root: string;
  /** This is the run whose page it is. */
  here: boolean;
}

export function FamilyRow({ line: { run, depth }, root, here }: FamilyRowProps) {
  return (
    <li
      data-run={run.thread_id}
      data-depth={depth}
      aria-current={here ? "true" : undefined}
      className={cx("flex gap-2 px-5 py-3 max-md:px-4", here && "bg-accent-soft/60")}
    >
      {depth > 0 && (
        <span
          aria-hidden
          className="flex shrink-0 justify-end pt-0.5 [--indent:1.5rem] max-md:[--indent:1rem]"
          style={{ width: `calc(var(--indent) * ${Math.min(depth, DEEPEST)})` }}
        >
          <CornerDownRight className="size-4 shrink-0 text-ink-faint" />
        </span>
      )}
      <div className="min-w-0 grow">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <Name {...{ run, here }} />
          {run.status ? <StatusPill status={run.status} /> : <Badge>Deleted</Badge>}
          {isDry(run) && <DryBadge />}
          {run.fixed_by && <FixedBy by={run.fixed_by} root={root} />}
          {run.not_repeated > 0 && (
            <Badge tone="good" title="Effects that had happened in an earlier run of the family">
              <ShieldCheck aria-hidden /> {run.not_repeated} not repeated
            </Badge>
          )}
        </div>
        <p className="mt-1 text-[0.8125rem] break-words text-ink-soft">
          {presetWord(run)} ·{" "}
          {isRule(run.requested_by) ? (
            <By actor={run.requested_by} />
          ) : (
            (run.requested_by.name ?? run.requested_by.kind)
          )}{" "}
          · {absoluteTime(Date.parse(run.created_at))}
          {run.parent_thread_id && !run.deleted_at && (
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

function Name({ run, here }: { run: TreeLine["run"]; here: boolean }) {
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
      {id}
    </span>
  );
}
