/** One run, followed live. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { ProblemNotice } from "@/components/problem-notice";
import { Tabs } from "@/components/tabs";
import { HistoryTab } from "@/features/audit/history-tab";
import { DeleteDialog } from "@/features/family/delete-dialog";
import { FamilyTab } from "@/features/family/family-tab";
import { useFamilyShortcuts } from "@/features/family/use-family-shortcuts";
import { isPreset } from "@/features/rerun/presets";
import { CancelDialog } from "@/features/run/cancel-dialog";
import { DataTab } from "@/features/run/data-tab";
import { EffectsTab } from "@/features/run/effects-tab";
import { ErrorPanel } from "@/features/run/error-panel";
import { RawTab } from "@/features/run/raw-tab";
import { RequestTab } from "@/features/run/request-tab";
import { RerunTold } from "@/features/run/rerun-told";
import { RunFacts } from "@/features/run/run-facts";
import { RunHeader } from "@/features/run/run-header";
import { RunLoading } from "@/features/run/run-loading";
import { STEP_KINDS, type StepFilter } from "@/features/run/step-rows";
import { StepsTab } from "@/features/run/steps-tab";
import { useLiveRun, useStepsToTheEnd } from "@/features/run/use-live-run";
import { WhyWaiting } from "@/features/run/why-waiting";
import { WaitsPanel } from "@/features/waits/waits-panel";
import { asApiError } from "@/lib/problem";
import { useShortcut } from "@/lib/shortcut";
import { isFinal } from "@/lib/status";
import { useTitle } from "@/lib/title";
import { effectListOptions } from "@/queries/effects";
import { runCountOptions, runOptions, runStatusOptions, runStepsOptions } from "@/queries/runs";
import { serverOptions } from "@/queries/skills";
import type { RunPageSearch, RunTab } from "@/router";

const route = getRouteApi("/runs/$threadId");
const RerunDialog = lazy(() => import("@/features/rerun/rerun-dialog"));
const TABS: { value: RunTab; label: string }[] = [
  { value: "steps", label: "Steps" },
  { value: "data", label: "Data" },
  { value: "effects", label: "Effects" },
  { value: "request", label: "Request" },
  { value: "family", label: "Family" },
  { value: "history", label: "History" },
  { value: "raw", label: "Raw JSON" },
];

export default function RunPage() {
  const { threadId } = route.useParams();
  const { tab = "steps", at, find, only, rerun, step, correct } = route.useSearch();
  const navigate = route.useNavigate();
  const run = useQuery(runOptions(threadId));
  const steps = useQuery(runStepsOptions(threadId));
  const status = useQuery({ ...runStatusOptions(threadId), enabled: tab === "data" });
  const effects = useQuery({
    ...effectListOptions({ thread_id: threadId }),
    enabled: tab === "effects",
  });
  const isQueued = run.data?.status === "queued";
  const server = useQuery({ ...serverOptions, enabled: isQueued });
  const queued = useQuery({
    ...runCountOptions({ filter: { status: ["queued"] }, within: null }),
    enabled: isQueued,
  });
  const [cancelling, setCancelling] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const live = useLiveRun(threadId, run.isSuccess && !isFinal(run.data.status));
  useStepsToTheEnd(threadId, run.data, steps.isFetching ? undefined : steps.data);
  useTitle(run.data?.run_name ?? threadId);

  const openRerun = (preset = "true") =>
    void navigate({ search: (now) => ({ ...now, rerun: preset }), resetScroll: false });
  const canRerun = run.data?.rerunnable === "yes";
  useShortcut("r", "Rerun this run", () => openRerun(), canRerun);
  useShortcut("c", "Cancel this run", () => setCancelling(true), run.data?.cancellable === true);
  useFamilyShortcuts(run.data);

  const look = useCallback(
    (seq: number) =>
      void navigate({ search: (now) => ({ ...now, at: seq }), replace: true, resetScroll: false }),
    [navigate],
  );
  const filter = useCallback(
    (wanted: StepFilter) =>
      void navigate({
        search: ({ find: _, only: __, ...now }) => ({
          ...now,
          ...(wanted.find ? { find: wanted.find } : {}),
          ...(wanted.only ? { only: wanted.only } : {}),
        }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const wanted = useMemo(
    (): StepFilter => ({ find, only: STEP_KINDS.find((kind) => kind === only) }),
    [find, only],
  );

  const failedAt = run.data?.error?.seq;
  return (
    <div className="mx-auto flex max-w-[96rem] flex-col px-8 py-6 lg:min-h-dvh max-md:px-4 max-md:py-4">
      <Link
        to="/runs"
        className="mb-4 inline-flex w-fit items-center gap-1 text-[0.8125rem] font-medium text-ink-faint hover:text-accent"
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
            onRerun={() => openRerun()}
            onCancel={() => setCancelling(true)}
            onDelete={() => setDeleting(true)}
          />
          {run.data.error && run.data.status === "failed" && (
            <ErrorPanel
              error={run.data.error}
              onRerun={() => openRerun()}
              onRerunFromFailure={failedAt && canRerun ? () => openRerun("from-failure") : undefined}
              onShowStep={
                failedAt
                  ? () => {
                      void navigate({ search: { at: failedAt }, replace: true, resetScroll: false });
                      document.getElementById("parts")?.scrollIntoView({ behavior: "smooth" });
                    }
                  : undefined
              }
            />
          )}
          <WhyWaiting run={run.data} server={server.data} queued={queued.data?.count} />
          {run.data.waiting && (
            <WaitsPanel threadId={threadId} waits={run.data.waiting} steps={steps.data ?? []} />
          )}
          <RerunTold run={run.data} steps={steps.data ?? []} />
          <RunFacts run={run.data} />
          <div id="parts" className="scroll-mt-14">
            <Tabs
              label="Parts of the run"
              tabs={TABS}
              chosen={tab}
              onChoose={(next) =>
                void navigate({
                  search: { ...(at ? { at } : {}), ...(next === "steps" ? {} : { tab: next }) },
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          </div>
          {tab === "steps" && (
            <StepsTab run={run.data} steps={steps} at={at} filter={wanted} onLook={look} onFilter={filter} />
          )}
          {tab === "data" && (
            <DataTab
              run={run.data}
              status={status}
              steps={steps.data ?? []}
              find={find}
              onFind={(text) => filter({ find: text })}
            />
          )}
          {tab === "effects" && <EffectsTab threadId={threadId} effects={effects} steps={steps.data ?? []} />}
          {tab === "request" && <RequestTab run={run.data} />}
          {tab === "family" && <FamilyTab threadId={threadId} />}
          {tab === "history" && <HistoryTab threadId={threadId} />}
          {tab === "raw" && <RawTab run={run.data} steps={steps.data ?? []} />}
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

function withoutRerun({ rerun: _, step: __, correct: ___, ...rest }: RunPageSearch): RunPageSearch {
  return rest;
}
