/** The steps of a run beside the one that is looked at, or why there are none. */
import type { UseQueryResult } from "@tanstack/react-query";
import { ListTree, SearchX } from "lucide-react";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import type { RunDetail, Step } from "@/lib/api";
import { useShortcut } from "@/lib/shortcut";
import { isFinal } from "@/lib/status";
import { useNow } from "@/lib/time";
import { useWide } from "@/lib/use-wide";
import { Panes } from "./panes";
import { spanOf } from "./segments";
import { StepDetail } from "./step-detail";
import { countKinds, firstLook, lookedFor, type StepFilter, stepRows } from "./step-rows";
import { StepsToolbar } from "./steps-toolbar";
import { Waterfall } from "./waterfall";

interface StepsTabProps {
  run: RunDetail;
  steps: UseQueryResult<Step[]>;
  /** The step that is looked at, where the address names one. */
  at: number | undefined;
  filter: StepFilter;
  onLook: (seq: number) => void;
  onFilter: (filter: StepFilter) => void;
}

export function StepsTab({ run, steps, at, filter, onLook, onFilter }: StepsTabProps) {
  if (steps.isPending) return <LoadingRows rows={4} />;
  if (steps.isError && !steps.data) {
    return <ProblemNotice error={steps.error} onRetry={() => void steps.refetch()} />;
  }
  const all = steps.data ?? [];
  if (all.length === 0) return <NoStep status={run.status} />;
  return (
    <Steps
      run={run}
      steps={all}
      loading={steps.isFetching}
      at={at}
      filter={filter}
      onLook={onLook}
      onFilter={onFilter}
    />
  );
}

function Steps({
  run,
  steps,
  loading,
  at,
  filter,
  onLook,
  onFilter,
}: Omit<StepsTabProps, "steps"> & { steps: Step[]; loading: boolean }) {
  const wide = useWide();
  const live = !isFinal(run.status) && run.status !== "recorded";
  const now = useNow(live ? 1000 : null);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const bySeq = useMemo(() => new Map(steps.map((step) => [step.seq, step])), [steps]);
  const counts = useMemo(() => countKinds(steps), [steps]);
  const rows = useMemo(() => stepRows(steps, closed, filter), [steps, closed, filter]);
  const span = useMemo(() => spanOf(steps, run, now), [steps, run, now]);
  const wanted = lookedFor(at, run);
  const known = wanted === undefined ? undefined : bySeq.get(wanted);
  // What is looked for may be on a page that is still to come.
  const looked = known ?? (wanted !== undefined && loading ? undefined : firstLook(steps));
  // The list answers at once; what the step shows may come a moment later.
  const shown = useDeferredValue(looked);

  const openAll = useCallback(() => setClosed(new Set()), []);
  const closeAll = useCallback(() => setClosed(new Set(steps.map(({ decision }) => decision))), [steps]);
  const toggle = useCallback((seq: number) => setClosed((now) => toggled(now, seq)), []);
  useShortcut("e", "Expand all steps", openAll);
  useShortcut("w", "Collapse all steps", closeAll);

  const choose = useCallback(
    (seq: number) => {
      onLook(seq);
      if (!wide) document.getElementById("looked-at")?.scrollIntoView({ behavior: "smooth" });
    },
    [onLook, wide],
  );

  return (
    <Panes
      list={
        <>
          <StepsToolbar
            filter={filter}
            counts={counts}
            onFilter={onFilter}
            onOpenAll={openAll}
            onCloseAll={closeAll}
          />
          {rows.length > 0 ? (
            <Waterfall
              rows={rows}
              span={span}
              at={looked?.seq}
              live={live}
              onChoose={choose}
              onWalk={onLook}
              onToggle={toggle}
            />
          ) : (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No step matches"
              actions={<Button onClick={() => onFilter({})}>Clear the filter</Button>}
            >
              Of {steps.length} steps, none has all of that.
            </Empty>
          )}
        </>
      }
      detail={
        shown ? <StepDetail key={shown.seq} run={run} step={shown} bySeq={bySeq} /> : <LoadingRows rows={2} />
      }
    />
  );
}

function toggled(closed: ReadonlySet<number>, seq: number): ReadonlySet<number> {
  const next = new Set(closed);
  if (!next.delete(seq)) next.add(seq);
  return next;
}

function NoStep({ status }: { status: RunDetail["status"] }) {
  return (
    <Empty icon={<ListTree aria-hidden />} title="No step yet">
      {status === "recorded"
        ? "This run was saved but never started. Rerun it to carry it out."
        : isFinal(status)
          ? "It ended before anything was carried out."
          : "A worker will take it in a moment. If this stays, see whether a worker is alive."}
    </Empty>
  );
}
