/** One batch: how far it has come, what became of each run, and how to hold or end it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, Hourglass, Layers } from "lucide-react";
import { Choices } from "@/components/choices";
import { CopyButton } from "@/components/copy-button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Notice } from "@/components/notice";
import { BY_POSITION, Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { Pill } from "@/components/pill";
import { ProblemNotice } from "@/components/problem-notice";
import { BatchActions } from "@/features/batches/batch-actions";
import { BatchFacts } from "@/features/batches/batch-facts";
import { BatchItems } from "@/features/batches/batch-items";
import { BatchBar, Done } from "@/features/batches/batch-progress";
import { itemStatesOf } from "@/features/batches/batch-search";
import { ITEM, ITEM_STATES, lookOf } from "@/features/batches/batch-state";
import { CanaryPanel } from "@/features/batches/canary-panel";
import { noteOf } from "@/features/batches/figures";
import { Pace } from "@/features/batches/pace";
import { RerunFailed } from "@/features/batches/rerun-failed";
import type { Batch } from "@/lib/api/batches";
import { writeJson } from "@/lib/json";
import { useTitle } from "@/lib/title";
import { useRefetch } from "@/lib/use-refetch";
import { batchItemsOptions, batchOptions } from "@/queries/batches";

const route = getRouteApi("/batches/$batchId");

export default function BatchPage() {
  const { batchId } = route.useParams();
  const batch = useQuery(batchOptions(batchId));
  useTitle(batch.data?.name ?? "Batch");
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 break-words">{batch.data?.name ?? "Batch"}</span>
          {batch.data && <Pill look={lookOf(batch.data)} state={batch.data.status} />}
        </span>
      }
      subtitle={
        <>
          <span className="flex items-center gap-1.5">
            <code className="font-mono text-xs break-all">{batchId}</code>
            <CopyButton text={batchId} label="Copy the id" />
          </span>
          {batch.data?.reason && <p className="mt-1 break-words">{batch.data.reason}</p>}
        </>
      }
      actions={
        <>
          <Link
            to="/batches"
            className="order-first inline-flex basis-full items-center gap-1 text-[0.8125rem] font-medium text-ink-faint hover:text-accent"
          >
            <ChevronLeft className="size-4" aria-hidden /> Batches
          </Link>
          {batch.data && (
            <div className="flex flex-wrap gap-2">
              <RerunFailed batch={batch.data} />
              <BatchActions batch={batch.data} />
            </div>
          )}
        </>
      }
    >
      {batch.isPending && <LoadingRows rows={4} />}
      {batch.isError && (
        <div className="mb-4">
          <ProblemNotice error={batch.error} onRetry={() => void batch.refetch()} />
        </div>
      )}
      {batch.data && <Found batch={batch.data} />}
    </Page>
  );
}

function Found({ batch }: { batch: Batch }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const states = itemStatesOf(search.state);
  const items = useQuery(batchItemsOptions(batch.id, states, search.cursor));
  useRefetch(writeJson(batch.counts), items.refetch);
  // The first runs stand at the beginning of all.
  const first = useQuery({ ...batchItemsOptions(batch.id, [], undefined), enabled: batch.canary !== null });
  useRefetch(writeJson(batch.counts), () => batch.canary && first.refetch());
  const shown = items.data?.items ?? [];
  const note = noteOf(batch);
  const chips = ITEM_STATES.filter((state) => batch.counts[state] > 0 || states.includes(state));
  return (
    <div className="space-y-5">
      {note && batch.status !== "running" && (
        <Notice
          kind={batch.status === "paused" ? "wait" : "info"}
          title={batch.status === "paused" ? "The batch is paused" : undefined}
        >
          {note}
          {batch.status === "paused" && ". Look at what failed, then resume it or abort it."}
        </Notice>
      )}
      {batch.counts.waiting > 0 && (
        <p className="flex flex-wrap items-center gap-x-2 text-[0.8125rem] text-wait">
          <Hourglass className="size-4 shrink-0" aria-hidden />
          {batch.counts.waiting === 1
            ? "1 waits for a person."
            : `${batch.counts.waiting} wait for a person.`}
          <Link
            to="."
            search={{ state: "waiting" }}
            replace
            resetScroll={false}
            className="font-medium underline"
          >
            Show {batch.counts.waiting === 1 ? "it" : "them"}
          </Link>
        </p>
      )}
      <Panel
        title="Progress"
        aside={
          <span className="flex flex-wrap justify-end gap-x-3 text-[0.8125rem] text-ink-soft">
            <Pace pace={batch.pace} />
            <span data-done>
              <Done batch={batch} />
            </span>
          </span>
        }
      >
        <div className="space-y-5 p-5 max-md:p-4">
          <BatchBar batch={batch} />
          <BatchFacts batch={batch} />
        </div>
      </Panel>
      {batch.canary && (
        <CanaryPanel
          canary={batch.canary}
          items={first.data?.items ?? []}
          total={Math.max(batch.counts.total, batch.expected ?? 0)}
        />
      )}
      <Panel className={items.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
        <div className="border-b px-3 py-1.5">
          <Choices
            label="Outcome"
            all
            choices={chips.map((value) => ({ value, ...ITEM[value], count: batch.counts[value] }))}
            chosen={states}
            onToggle={(value) => {
              const next = value === null ? [] : toggle(states, value);
              void navigate({
                search: next.length > 0 ? { state: next.join(",") } : {},
                replace: true,
                resetScroll: false,
              });
            }}
          />
        </div>
        {items.isPending && <LoadingRows rows={4} />}
        {items.isError && shown.length === 0 && (
          <div className="p-4">
            <ProblemNotice error={items.error} onRetry={() => void items.refetch()} />
          </div>
        )}
        {items.isSuccess && shown.length === 0 && (
          <Empty
            icon={<Layers aria-hidden />}
            title={states.length > 0 ? "None stands there now" : "No run yet"}
          >
            {states.length > 0
              ? "Choose another outcome above, or all."
              : "The runs that the filter finds are being taken in."}
          </Empty>
        )}
        {shown.length > 0 && (
          <>
            <BatchItems items={shown} />
            <Pager cursor={search.cursor} next={items.data?.next_cursor ?? null} words={BY_POSITION} />
          </>
        )}
      </Panel>
    </div>
  );
}

function toggle<T>(all: T[], one: T): T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}
