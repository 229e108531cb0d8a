/** A run in the graph of its family: a click opens it. */
import { Link } from "@tanstack/react-router";
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { FlaskConical, ShieldCheck, Wrench } from "lucide-react";
import type { ReactNode } from "react";
import { StatusIcon, TONE_INK } from "@/components/status-pill";
import { When } from "@/components/when";
import type { LineageItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { STATUS } from "@/lib/status";
import type { RunNodeData } from "./family-graph";
import { isDry, presetWord, shortName } from "./naming";
import { PickBox } from "./pick-box";

export function RunNode({ data }: NodeProps & { data: RunNodeData }) {
  const { line, root, here, picks } = data;
  if (!line.run) return null;
  const { run } = line;
  const name = run.parent_thread_id ? shortName(run.thread_id, root) : "First run";
  const isHere = run.thread_id === here;
  return (
    <div
      data-run={run.thread_id}
      className={cx(
        "pointer-events-auto relative flex h-full w-full items-stretch rounded-xl border bg-surface shadow-card transition-colors",
        isHere ? "border-accent ring-2 ring-accent/40" : "hover:border-line-strong",
        picks.has(run.thread_id) && "bg-accent-soft",
      )}
    >
      <NodeHandles />
      {run.deleted_at ? (
        <div className="min-w-0 grow px-3 py-2 text-ink-faint">
          <p className="truncate font-medium line-through">{name}</p>
          <p className="text-xs">Deleted</p>
        </div>
      ) : (
        <>
          <Link
            to="/runs/$threadId"
            params={{ threadId: run.thread_id }}
            draggable={false}
            title={run.reason ? `“${run.reason}”` : run.thread_id}
            className="min-w-0 grow rounded-xl py-2 pl-3 focus-visible:outline-2"
          >
            <Title run={run} name={name} here={isHere} />
            <p className="truncate text-xs text-ink-soft">
              {run.parent_thread_id ? presetWord(run) : run.run_name}
            </p>
            <Marks run={run} root={root} />
          </Link>
          <PickBox id={run.thread_id} name={name} picks={picks} className="px-2.5 pt-2.5" />
        </>
      )}
    </div>
  );
}

function Title({ run, name, here }: { run: LineageItem; name: string; here: boolean }) {
  return (
    <p className="flex items-center gap-1.5">
      {run.status && (
        <span className={TONE_INK[STATUS[run.status].tone]} title={STATUS[run.status].word}>
          <StatusIcon status={run.status} />
          <span className="sr-only">{STATUS[run.status].word}: </span>
        </span>
      )}
      <span className="truncate font-semibold">{name}</span>
      {here && <span className="shrink-0 text-2xs font-medium text-accent">this run</span>}
    </p>
  );
}

function Marks({ run, root }: { run: LineageItem; root: string }) {
  return (
    <p className="flex items-center gap-2 truncate text-2xs text-ink-faint">
      <When at={run.created_at} />
      {run.fixed_by && <Mark icon={<Wrench aria-hidden />}>fixed by {shortName(run.fixed_by, root)}</Mark>}
      {isDry(run) && (
        <Mark icon={<FlaskConical aria-hidden />} wait>
          nothing went out
        </Mark>
      )}
      {run.not_repeated > 0 && (
        <Mark icon={<ShieldCheck aria-hidden />}>{run.not_repeated} not repeated</Mark>
      )}
    </p>
  );
}

function Mark({ icon, wait, children }: { icon: ReactNode; wait?: boolean; children: ReactNode }) {
  return (
    <span
      className={cx(
        "inline-flex min-w-0 items-center gap-1 font-medium [&_svg]:size-3 [&_svg]:shrink-0",
        wait ? "text-wait" : "text-good",
      )}
    >
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}

/** Where edges end; nothing is ever connected by hand. */
export function NodeHandles() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className="!opacity-0" />
      <Handle type="source" position={Position.Right} isConnectable={false} className="!opacity-0" />
    </>
  );
}
