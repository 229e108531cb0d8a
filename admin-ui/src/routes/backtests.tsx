/** Backtests: past runs replayed with something else, the newest first. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FlaskConical, SearchX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/button";
import { Choices } from "@/components/choices";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { BacktestsTable } from "@/features/backtests/backtests-table";
import { BATCH, BATCH_STATUSES } from "@/features/batches/batch-state";
import { useTitle } from "@/lib/title";
import { backtestListOptions } from "@/queries/backtests";

const BacktestDialog = lazy(() => import("@/features/backtests/backtest-dialog"));
const route = getRouteApi("/backtests");

export default function BacktestsPage() {
  useTitle("Backtests");
  const { status, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const backtests = useQuery(backtestListOptions(status, cursor));
  const [starts, setStarts] = useState(false);
  const items = backtests.data?.items ?? [];
  const empty = backtests.isSuccess && items.length === 0 && !backtests.isPlaceholderData;
  const filtered = status !== undefined || cursor !== undefined;
  const startButton = (
    <Button look="primary" icon={<FlaskConical aria-hidden />} onClick={() => setStarts(true)}>
      New backtest
    </Button>
  );
  return (
    <Page
      title="Backtests"
      subtitle="Past runs replayed with other skill versions, model or procedure; nothing goes out."
      actions={startButton}
    >
      {(!empty || filtered) && (
        <div className="mb-4">
          <Choices
            label="Status"
            all
            choices={BATCH_STATUSES.map((value) => ({ value, ...BATCH[value] }))}
            chosen={status ? [status] : []}
            onToggle={(value) =>
              void navigate({ search: value && value !== status ? { status: value } : {}, replace: true })
            }
          />
        </div>
      )}
      {backtests.isError && (
        <div className="mb-4">
          <ProblemNotice error={backtests.error} onRetry={() => void backtests.refetch()} />
        </div>
      )}
      {!(backtests.isError && items.length === 0) && (
        <Panel className={backtests.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {backtests.isPending && <LoadingRows />}
          {empty && !filtered && (
            <Empty icon={<FlaskConical aria-hidden />} title="No backtest yet">
              Before a skill, a model or a procedure changes: see which past outcomes would change with it.
              Take the newest runs, select some in the list of runs, or begin at a skill's version.
            </Empty>
          )}
          {empty && filtered && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No such backtest"
              actions={<Button onClick={() => void navigate({ search: {} })}>Show all</Button>}
            />
          )}
          {items.length > 0 && (
            <>
              <BacktestsTable backtests={items} />
              <Pager cursor={cursor} next={backtests.data?.next_cursor ?? null} />
            </>
          )}
        </Panel>
      )}
      {starts && (
        <Suspense>
          <BacktestDialog
            title="Backtest"
            target={{ filter: {} }}
            choosesRuns
            onClose={() => setStarts(false)}
          />
        </Suspense>
      )}
    </Page>
  );
}
