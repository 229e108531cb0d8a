/** The report of one backtest: what stays, what changes and why, what nobody can tell. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, FlaskConical } from "lucide-react";
import { Choices } from "@/components/choices";
import { CopyButton } from "@/components/copy-button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Notice } from "@/components/notice";
import { BY_POSITION, Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { Pill } from "@/components/pill";
import { ProblemNotice } from "@/components/problem-notice";
import { BacktestItems } from "@/features/backtests/backtest-items";
import { ChangedPaths, Difference, UntoldPanel } from "@/features/backtests/report-panels";
import { headlineOf, VERDICT, VERDICTS } from "@/features/backtests/verdict";
import { VerdictBar } from "@/features/backtests/verdict-bar";
import { differsText } from "@/features/backtests/what-differs";
import { BatchActions } from "@/features/batches/batch-actions";
import { BatchFacts } from "@/features/batches/batch-facts";
import { BATCH } from "@/features/batches/batch-state";
import { Pace } from "@/features/batches/pace";
import type { BacktestReport } from "@/lib/api/backtests";
import { writeJson } from "@/lib/json";
import { useTitle } from "@/lib/title";
import { useRefetch } from "@/lib/use-refetch";
import { backtestItemsOptions, backtestOptions } from "@/queries/backtests";

const route = getRouteApi("/backtests/$backtestId");

export default function BacktestPage() {
  const { backtestId } = route.useParams();
  const found = useQuery(backtestOptions(backtestId));
  const backtest = found.data;
  useTitle(backtest?.name ?? "Backtest");
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <span className="min-w-0 break-words">{backtest?.name ?? "Backtest"}</span>
          {backtest && <Pill look={BATCH[backtest.status]} state={backtest.status} />}
        </span>
      }
      subtitle={
        <>
          <span className="flex items-center gap-1.5">
            <code className="font-mono text-xs break-all">{backtestId}</code>
            <CopyButton text={backtestId} label="Copy the id" />
          </span>
          {backtest && <p className="mt-1 break-words">{differsText(backtest.rerun)}. Nothing goes out.</p>}
          {backtest?.reason && <p className="mt-1 break-words">{backtest.reason}</p>}
        </>
      }
      actions={
        <>
          <Link
            to="/backtests"
            className="order-first inline-flex basis-full items-center gap-1 text-[0.8125rem] font-medium text-ink-faint hover:text-accent"
          >
            <ChevronLeft className="size-4" aria-hidden /> Backtests
          </Link>
          {backtest && <BatchActions batch={backtest} word="backtest" />}
        </>
      }
    >
      {found.isPending && <LoadingRows rows={4} />}
      {found.isError && (
        <div className="mb-4">
          <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
        </div>
      )}
      {backtest && <Report backtest={backtest} />}
    </Page>
  );
}

function Report({ backtest }: { backtest: BacktestReport }) {
  const { verdict, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const items = useQuery(backtestItemsOptions(backtest.id, verdict, cursor));
  useRefetch(writeJson([backtest.counts, backtest.verdicts]), items.refetch);
  const shown = items.data?.items ?? [];
  return (
    <div className="space-y-5">
      {backtest.note && backtest.status === "paused" && (
        <Notice kind="wait" title="It stands still">
          {backtest.note}. Resume it or abort it.
        </Notice>
      )}
      <section className="space-y-5 rounded-xl border bg-surface p-5 shadow-card max-md:p-4">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 data-headline className="min-w-0 text-base font-semibold break-words">
            {headlineOf(backtest)}
          </h2>
          <span className="text-[0.8125rem] text-ink-soft">
            <Pace pace={backtest.pace} />
          </span>
        </div>
        <VerdictBar backtest={backtest} />
        <Difference difference={backtest.difference} />
        <details className="text-[0.8125rem]">
          <summary className="cursor-pointer text-ink-soft hover:text-accent">How it was asked for</summary>
          <div className="mt-3">
            <BatchFacts batch={backtest} />
          </div>
        </details>
      </section>
      {backtest.paths.length > 0 && <ChangedPaths paths={backtest.paths} />}
      {backtest.untold.length > 0 && <UntoldPanel untold={backtest.untold} />}
      <Panel className={items.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
        <div className="border-b px-3 py-1.5">
          <Choices
            label="Outcome"
            all
            choices={VERDICTS.map((value) => ({
              value,
              ...VERDICT[value],
              count: backtest.verdicts[value],
            }))}
            chosen={verdict ? [verdict] : []}
            onToggle={(value) =>
              void navigate({
                search: value && value !== verdict ? { verdict: value } : {},
                replace: true,
                resetScroll: false,
              })
            }
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
            icon={<FlaskConical aria-hidden />}
            title={verdict ? "No run with this outcome" : "No run yet"}
          >
            {verdict ? "Choose another outcome above, or all." : "The runs are being taken in."}
          </Empty>
        )}
        {shown.length > 0 && (
          <>
            <BacktestItems items={shown} />
            <Pager cursor={cursor} next={items.data?.next_cursor ?? null} words={BY_POSITION} />
          </>
        )}
      </Panel>
    </div>
  );
}
