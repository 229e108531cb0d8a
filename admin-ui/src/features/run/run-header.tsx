/** Top of the run page: name, status, id, labels, and what can be done. */
import { CopyButton } from "@/components/copy-button";
import { StatusPill } from "@/components/status-pill";
import { DryBadge } from "@/features/family/dry-badge";
import { FixedBy } from "@/features/family/fixed-by";
import { RerunButton } from "@/features/rerun/rerun-button";
import type { RunDetail } from "@/lib/api";
import { isFinal } from "@/lib/status";
import { RunLabels } from "./run-labels";
import { RunMenu } from "./run-menu";

interface RunHeaderProps {
  run: RunDetail;
  live: boolean;
  onRerun: () => void;
  onCancel: () => void;
  onDelete: () => void;
}

export function RunHeader({ run, live, onRerun, onCancel, onDelete }: RunHeaderProps) {
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
      <div className="min-w-0 grow basis-96">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="text-2xl leading-tight font-semibold tracking-tight break-words">{run.run_name}</h1>
          <StatusPill status={run.status} />
          {run.cancel_requested && !isFinal(run.status) && (
            <span className="text-xs text-ink-faint">Cancelling…</span>
          )}
          {run.dry && <DryBadge />}
          {run.fixed_by && <FixedBy by={run.fixed_by} root={run.root_thread_id} />}
          {live && (
            <span
              className="inline-flex items-center gap-1.5 text-xs text-ink-faint"
              title="Events arrive as they happen"
            >
              <span className="size-1.5 animate-breathe rounded-full bg-good" aria-hidden /> Live
            </span>
          )}
        </div>
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1.5">
          <div className="flex min-w-0 items-center gap-1 text-ink-faint">
            <code className="min-w-0 font-mono text-xs break-all">{run.thread_id}</code>
            <CopyButton text={run.thread_id} label="Copy the id" />
          </div>
          <RunLabels run={run} />
        </div>
      </div>
      <div className="flex flex-wrap items-start gap-2">
        <RerunButton
          threadId={run.thread_id}
          name={run.run_name}
          size="md"
          look="primary"
          refused={run.rerunnable === "no" ? (run.rerunnable_why ?? "This run can't be rerun") : undefined}
          onOpen={onRerun}
        />
        <RunMenu run={run} onCancel={onCancel} onDelete={onDelete} />
      </div>
    </header>
  );
}
