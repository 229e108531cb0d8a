/** One run, followed live. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { ProblemNotice } from "@/components/problem-notice";
import { Tabs } from "@/components/tabs";
import { HistoryTab } from "@/features/audit/history-tab";
import { DeleteDialog } from "@/features/family/delete-dialog";
import { FamilyTab } from "@/features/family/family-tab";
import { useFamilyShortcuts } from "@/features/family/use-family-shortcuts";
import { isPreset } from "@/features/rerun/presets";
import { CancelDialog } from "@/features/run/cancel-dialog";
import { DataTab } from "@/features/run/data-tab";
import { ErrorPanel } from "@/features/run/error-panel";
import { RequestTab } from "@/features/run/request-tab";
import { RerunTold } from "@/features/run/rerun-told";
import { RunFacts } from "@/features/run/run-facts";
import { RunHeader } from "@/features/run/run-header";
import { RunLoading } from "@/features/run/run-loading";
import { StepsTab } from "@/features/run/steps-tab";
import { useLiveRun, useStepsToTheEnd } from "@/features/run/use-live-run";
import { WaitsPanel } from "@/features/waits/waits-panel";
import { asApiError } from "@/lib/problem";
import { useShortcut } from "@/lib/shortcut";
import { isFinal } from "@/lib/status";
import { useTitle } from "@/lib/title";
import { runOptions, runStatusOptions, runStepsOptions } from "@/queries/runs";
import type { RunPageSearch, RunTab } from "@/router";

const route = getRouteApi("/runs/$threadId");
const RerunDialog = lazy(() => import("@/features/rerun/rerun-dialog"));
const TABS: { value: RunTab; label: string }[] = [
  { value: "steps", label: "Steps" },
  { value: "data", label: "Data" },
  { value: "request", label: "Request" },
  { value: "family", label: "Family" },
  { value: "history", label: "History" },
];

export default function RunPage() {
  const { threadId } = route.useParams();
  const { tab = "steps", rerun, step, correct } = route.useSearch();
  const navigate = route.useNavigate();
  const run = useQuery(runOptions(threadId));
  const steps = useQuery(runStepsOptions(threadId));
  const status = useQuery(runStatusOptions(threadId));
  const [cancelling, setCancelling] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const live = useLiveRun(threadId, run.isSuccess && !isFinal(run.data.status));
  useStepsToTheEnd(threadId, run.data, steps.data);
  useTitle(run.data?.run_name ?? threadId);

  const openRerun = () => void navigate({ search: (now) => ({ ...now, rerun: "true" }), resetScroll: false });
  const canRerun = run.data?.rerunnable === "yes";
  useShortcut("r", "Rerun this run", openRerun, canRerun);
  useFamilyShortcuts(run.data);

  return (
    <div className="mx-auto max-w-[72rem] px-8 py-6 max-md:px-4 max-md:py-4">
      <Link
        to="/runs"
        className="mb-4 inline-flex items-center gap-1 text-[0.8125rem] font-medium text-ink-faint hover:text-accent"
      >
        <ChevronLeft className="size-4" aria-hidden /> Runs
      </Link>
      {run.isPending && <RunLoading />}
      {run.isError && !run.data && (
        <div className="space-y-5">
          <h1 className="text-2xl font-semibold tracking-tight break-all">{threadId}</h1>
          <ProblemNotice error={run.error} onRetry={() => void run.refetch()} />
          {asApiError(run.error).type === "run-deleted" && <FamilyTab threadId={threadId} />}
        </div>
      )}
      {run.data && (
        <>
          <RunHeader
            run={run.data}
            live={live}
            onRerun={openRerun}
            onCancel={() => setCancelling(true)}
            onDelete={() => setDeleting(true)}
          />
          {run.data.error && run.data.status === "failed" && (
            <ErrorPanel
              error={run.data.error}
              onRerun={openRerun}
              onShowStep={
                run.data.error.seq
                  ? () =>
                      document
                        .getElementById(`step-${run.data?.error?.seq}`)
                        ?.scrollIntoView({ behavior: "smooth" })
                  : undefined
              }
            />
          )}
          {run.data.waiting && (
            <WaitsPanel threadId={threadId} waits={run.data.waiting} steps={steps.data ?? []} />
          )}
          <RerunTold run={run.data} steps={steps.data ?? []} />
          <RunFacts run={run.data} />
          <Tabs
            label="Parts of the run"
            tabs={TABS}
            chosen={tab}
            onChoose={(next) =>
              void navigate({ search: (now) => ({ ...now, tab: next }), replace: true, resetScroll: false })
            }
          />
          {tab === "steps" && <StepsTab threadId={threadId} run={run.data} steps={steps} />}
          {tab === "data" && <DataTab run={run.data} status={status} />}
          {tab === "request" && <RequestTab run={run.data} />}
          {tab === "family" && <FamilyTab threadId={threadId} />}
          {tab === "history" && <HistoryTab threadId={threadId} />}
          <CancelDialog run={run.data} open={cancelling} onClose={() => setCancelling(false)} />
          <DeleteDialog
            run={run.data}
            open={deleting}
            onClose={() => setDeleting(false)}
            onDeleted={() => void navigate({ to: "/runs", search: {}, replace: true })}
          />
        </>
      )}
      {rerun && (
        <Suspense>
          <RerunDialog
            threadId={threadId}
            opened={{ ...(isPreset(rerun) ? { preset: rerun } : {}), step, correct }}
            onOpened={({ preset, step: from }) =>
              void navigate({
                search: (now) => ({ ...now, rerun: preset ?? "true", step: from }),
                replace: true,
                resetScroll: false,
              })
            }
            onClose={() => void navigate({ search: withoutRerun, replace: true, resetScroll: false })}
            onStarted={({ thread_id }) =>
              void navigate({
                to: "/runs/$threadId",
                params: { threadId: thread_id },
                search: {},
                replace: true,
              })
            }
          />
        </Suspense>
      )}
    </div>
  );
}

function withoutRerun({ tab }: RunPageSearch): RunPageSearch {
  return tab ? { tab } : {};
}
