/** The runs list. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { QuickRerun } from "@/features/rerun/quick-rerun";
import { useStartingRuns } from "@/features/rerun/rerun-state";
import { BulkBar } from "@/features/runs/bulk-bar";
import { RunFilters } from "@/features/runs/run-filters";
import { hasFilter, type RunSearch, runFilter, statusesOf } from "@/features/runs/run-search";
import { RunsTable } from "@/features/runs/runs-table";
import { everything, isEmpty, NONE, pageToggled, toggled } from "@/features/runs/selection";
import { StartPage } from "@/features/runs/start-page";
import { StatusTabs } from "@/features/runs/status-tabs";
import { useTitle } from "@/lib/title";
import { runCountOptions, runListOptions } from "@/queries/runs";

// Only whoever selects runs needs it.
const RunsDialog = lazy(() => import("@/features/runs/runs-dialog"));
const route = getRouteApi("/runs");

export default function RunsPage() {
  useTitle("Runs");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = runFilter(search);
  const runs = useQuery(runListOptions(filter, search.cursor));
  const { status: _, ...otherFilters } = filter;
  const count = useQuery(runCountOptions(otherFilters));
  const starting = useStartingRuns(runs.dataUpdatedAt);
  const [selection, setSelection] = useState(NONE);
  const [asked, setAsked] = useState<"rerun" | "backtest" | null>(null);
  const found = useQuery({ ...runCountOptions(filter), enabled: !isEmpty(selection) });

  // Paging keeps what is selected; under another filter it would be out of sight.
  const change = (next: Partial<RunSearch>) => {
    setSelection(NONE);
    void navigate({ search: (now) => ({ ...now, cursor: undefined, ...next }), replace: true });
  };
  const clear = () => {
    setSelection(NONE);
    void navigate({ search: {} });
  };
  const items = runs.data?.items ?? [];
  const page = items.map(({ thread_id }) => thread_id);
  const filtered = hasFilter(search);
  const empty = runs.isSuccess && items.length === 0 && starting.length === 0 && !runs.isPlaceholderData;

  return (
    <Page title="Runs">
      {!(empty && !filtered && !search.cursor) && (
        <div className="mb-4 space-y-3">
          <StatusTabs
            chosen={statusesOf(search)}
            count={count.data}
            onChange={(statuses) => change({ status: statuses.join(",") || undefined })}
          />
          <RunFilters search={search} onChange={change} onClear={clear} />
        </div>
      )}
      {runs.isError && (
        <div className="mb-4">
          <ProblemNotice error={runs.error} onRetry={() => void runs.refetch()} />
        </div>
      )}
      {!(runs.isError && items.length === 0 && starting.length === 0) && (
        <Panel className={runs.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {runs.isPending && <LoadingRows />}
          {empty && !filtered && !search.cursor && <StartPage />}
          {empty && (filtered || search.cursor) && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No run matches"
              actions={<Button onClick={clear}>Clear the filter</Button>}
            >
              There are runs, but none that all of these filters let through.
            </Empty>
          )}
          {(items.length > 0 || starting.length > 0) && (
            <>
              <RunsTable
                runs={items}
                starting={search.cursor ? [] : starting}
                onRerun={(run) =>
                  void navigate({ search: (now) => ({ ...now, rerun: run.thread_id }), resetScroll: false })
                }
                selection={selection}
                onSelect={({ thread_id }, through) =>
                  setSelection((now) => toggled(now, thread_id, page, through))
                }
                onSelectPage={(on) => setSelection((now) => pageToggled(now, page, on))}
              />
              <Pager cursor={search.cursor} next={runs.data?.next_cursor ?? null} />
            </>
          )}
        </Panel>
      )}
      {!isEmpty(selection) && (
        <BulkBar
          selection={selection}
          found={found.data}
          filtered={filtered}
          onAll={() => setSelection(everything)}
          onClear={() => setSelection(NONE)}
          onRerun={() => setAsked("rerun")}
          onBacktest={() => setAsked("backtest")}
        />
      )}
      {asked && (
        <Suspense>
          <RunsDialog
            asked={asked}
            selection={selection}
            filter={filter}
            runs={items}
            onClose={() => setAsked(null)}
          />
        </Suspense>
      )}
      {search.rerun && (
        <QuickRerun
          threadId={search.rerun}
          onClose={() =>
            void navigate({
              search: ({ rerun: _closed, ...rest }) => rest,
              replace: true,
              resetScroll: false,
            })
          }
          onStarted={({ thread_id }) =>
            void navigate({
              to: "/runs/$threadId",
              params: { threadId: thread_id },
              search: {},
              replace: true,
            })
          }
        />
      )}
    </Page>
  );
}
