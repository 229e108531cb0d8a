/** The steps of a run, or why there are none. */
import type { UseQueryResult } from "@tanstack/react-query";
import { ListTree } from "lucide-react";
import { Empty, LoadingRows } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import type { RunDetail, Step } from "@/lib/api";
import { isFinal } from "@/lib/status";
import { Timeline } from "./timeline";

interface StepsTabProps {
  threadId: string;
  run: RunDetail;
  steps: UseQueryResult<Step[]>;
}

export function StepsTab({ threadId, run, steps }: StepsTabProps) {
  if (steps.isPending) return <LoadingRows rows={4} />;
  if (steps.isError && !steps.data) {
    return <ProblemNotice error={steps.error} onRetry={() => void steps.refetch()} />;
  }
  const all = steps.data ?? [];
  if (all.length === 0) {
    return (
      <Empty icon={<ListTree aria-hidden />} title="No step yet">
        {run.status === "recorded"
          ? "This run was saved but never started. Rerun it to carry it out."
          : isFinal(run.status)
            ? "It ended before anything was carried out."
            : "A worker will take it in a moment. If this stays, see whether a worker is alive."}
      </Empty>
    );
  }
  const span = run.started_at ? { from: run.started_at, to: run.finished_at } : null;
  return <Timeline threadId={threadId} steps={all} span={span} open={run.error?.seq ?? null} />;
}
