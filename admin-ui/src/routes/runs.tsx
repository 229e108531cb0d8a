/** The runs list. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { QuickRerun } from "@/features/rerun/quick-rerun";
import { useStartingRuns } from "@/features/rerun/rerun-state";
import { chartWindow } from "@/features/runs/activity";
import { ActivityPanel } from "@/features/runs/activity-panel";
import { BulkBar } from "@/features/runs/bulk-bar";
import { columnsOf, pathsShown, rememberColumns, writeColumns } from "@/features/runs/columns";
import { Behind, EndOfList, NewRuns } from "@/features/runs/list-notices";
import { ListTools } from "@/features/runs/list-tools";
import type { RowActions } from "@/features/runs/run-row";
import { hasFilter, type RunSearch, runsAsked, statusesOf } from "@/features/runs/run-search";
import { RunsFilter } from "@/features/runs/runs-filter";
import { RunsTable, type TableHandle } from "@/features/runs/runs-table";
import { everything, isEmpty, NONE, pageToggled, toggled } from "@/features/runs/selection";
import { StartPage } from "@/features/runs/start-page";
import { StatusTabs } from "@/features/runs/status-tabs";
import { totalOf } from "@/features/runs/types";
import { useListKeys } from "@/features/runs/use-list-keys";
import { useRuns } from "@/features/runs/use-runs";
import type { RunFilter, RunItem } from "@/lib/api";
import { usePreference } from "@/lib/preference";
import { store, stored } from "@/lib/stored";
import { useNow } from "@/lib/time";
import { useTitle } from "@/lib/title";
import { shownZone } from "@/lib/zone";
import { filterNow, runActivityOptions, runCountOptions } from "@/queries/runs";

// Only whoever selects or cancels runs needs them.
const RunsDialog = lazy(() => import("@/features/runs/runs-dialog"));
const CancelDialog = lazy(() =>
  import("@/features/run/cancel-dialog").then((module) => ({ default: module.CancelDialog })),
);
const route = getRouteApi("/runs");
const CHART = "asf-run-activity";

export default function RunsPage() {
  useTitle("Runs");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns = useMemo(() => columnsOf(search.cols), [search.cols]);
  const zone = usePreference(shownZone);
  // biome-ignore lint/correctness/useExhaustiveDependencies: times of the filter are read in the zone
  const asked = useMemo(() => runsAsked(search, pathsShown(columns)), [search, columns, zone]);
  const [live, setLive] = useState(true);
  const [chart, setChart] = useState(() => stored(CHART) !== "hidden");
  const [selection, setSelection] = useState(NONE);
  const [selectedUnder, setSelectedUnder] = useState("");
  const [dialog, setDialog] = useState<{ asked: "rerun" | "backtest"; filter: RunFilter } | null>(null);
  const [cancelled, setCancelled] = useState<RunItem | null>(null);
  const table = useRef<TableHandle>(null);
  // Under another filter what is selected would be out of sight, whatever led there: a saved view, a link.
  const under = JSON.stringify([asked.filter, asked.within]);
  if (under !== selectedUnder) {
    setSelectedUnder(under);
    setSelection(NONE);
  }

  const { list, news, runs, fresh, takeIn } = useRuns(asked, live, () => table.current?.inSight() ?? []);
  const polls = live ? {} : { refetchInterval: false as const, refetchOnWindowFocus: false };
  const { status: _s, attention: _a, ...others } = asked.filter;
  const count = useQuery({ ...runCountOptions({ filter: others, within: asked.within }), ...polls });
  const found = useQuery({
    ...runCountOptions({ filter: asked.filter, within: asked.within }),
    ...polls,
    enabled: !isEmpty(selection),
  });
  const shownTime = chartWindow(search, useNow(live && chart ? 15_000 : null));
  const { created_after: _f, created_before: _t, ...timeless } = asked.filter;
  const activity = useQuery({ ...runActivityOptions(timeless, shownTime), ...polls, enabled: chart });
  const starting = useStartingRuns(list.dataUpdatedAt);

  const go = useCallback(
    (next: (now: RunSearch) => RunSearch, stay = false) =>
      void navigate({ search: next, replace: true, resetScroll: !stay }),
    [navigate],
  );
  const change = (next: RunSearch | Partial<RunSearch>) => go((now) => ({ ...now, ...next }));
  const clear = () => go(({ cols, folded }) => ({ cols, folded }));
  const ids = useMemo(() => runs.map(({ thread_id }) => thread_id), [runs]);
  const idsNow = useRef(ids);
  idsNow.current = ids;
  const active = useRef<RunItem | null>(null);
  const actions = useMemo<RowActions>(
    () => ({
      onRerun: (run) =>
        void navigate({ search: (now) => ({ ...now, rerun: run.thread_id }), resetScroll: false }),
      onCancel: setCancelled,
      onSelect: ({ thread_id }, through) =>
        setSelection((now) => toggled(now, thread_id, idsNow.current, through)),
      onFocus: (run) => {
        active.current = run;
      },
    }),
    [navigate],
  );
  useListKeys({ runs, active, table, actions });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  const filtered = hasFilter(search);
  const nothing = runs.length === 0 && starting.length === 0;
  const empty = list.isSuccess && nothing && !list.isPlaceholderData;
  const startPage = empty && !filtered;
  const behind = news.isError && !nothing ? news.error : null;
  const newest = () => {
    takeIn();
    window.scrollTo({ top: 0 });
  };

  return (
    <Page
      title="Runs"
      actions={
        !startPage && (
          <ListTools
            live={live}
            chart={chart}
            folded={search.folded === "yes"}
            columns={columns}
            runs={runs}
            view={viewOf(search, columns)}
            onLive={setLive}
            onChart={(on) => {
              setChart(on);
              store(CHART, on ? null : "hidden");
            }}
            onFold={(on) => change({ folded: on ? "yes" : undefined })}
            onColumns={(next) => {
              rememberColumns(next);
              go((now) => ({ ...now, cols: writeColumns(next) }), true);
            }}
          />
        )
      }
    >
      {!startPage && (
        <div className="mb-4 space-y-2">
          <StatusTabs
            attention={search.attention === "yes"}
            chosen={statusesOf(search)}
            count={count.data}
            onAttention={(on) => change({ attention: on ? "yes" : undefined, status: undefined })}
            onChange={(statuses) => change({ status: statuses.join(",") || undefined, attention: undefined })}
          />
          <RunsFilter search={search} runs={runs} onChange={change} onClear={clear} />
        </div>
      )}
      {!startPage && chart && (
        <ActivityPanel
          activity={activity.data}
          error={activity.error}
          onNarrow={(from, to) =>
            change({
              after: new Date(from).toISOString(),
              before: new Date(to).toISOString(),
              last: undefined,
            })
          }
        />
      )}
      {list.isError && nothing && (
        <div className="mb-4">
          <ProblemNotice error={list.error} onRetry={() => void list.refetch()} />
        </div>
      )}
      {behind !== null && (
        <Behind error={behind} since={news.dataUpdatedAt} onRetry={() => void news.refetch()} />
      )}
      <NewRuns count={fresh.length} most={fresh.length >= 50} onShow={newest} />
      {!(list.isError && nothing) && (
        <Panel className={list.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {list.isPending && <LoadingRows />}
          {startPage && <StartPage />}
          {empty && filtered && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No run matches"
              actions={<Button onClick={clear}>Clear the filter</Button>}
            >
              There are runs, but none that all of these filters let through.
            </Empty>
          )}
          {!nothing && (
            <>
              <RunsTable
                runs={runs}
                total={count.data ? totalOf(count.data, search) : -1}
                columns={columns}
                starting={starting}
                selection={selection}
                actions={actions}
                onSelectLoaded={(on) => setSelection((now) => pageToggled(now, ids, on))}
                onEnd={onEnd}
                handle={table}
              />
              <EndOfList
                loaded={runs.length}
                more={hasNextPage}
                loading={isFetchingNextPage}
                error={isFetchNextPageError ? list.error : null}
                onMore={() => void fetchNextPage()}
              />
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
          onRerun={() => setDialog({ asked: "rerun", filter: filterNow(asked) })}
          onBacktest={() => setDialog({ asked: "backtest", filter: filterNow(asked) })}
        />
      )}
      <Suspense>
        {dialog && (
          <RunsDialog {...dialog} selection={selection} runs={runs} onClose={() => setDialog(null)} />
        )}
        {cancelled && <CancelDialog run={cancelled} open onClose={() => setCancelled(null)} />}
      </Suspense>
      {search.rerun && (
        <QuickRerun
          threadId={search.rerun}
          onClose={() => go(({ rerun: _closed, ...rest }) => rest, true)}
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

/** What is shown, as a view keeps it and a link says it. */
function viewOf({ rerun: _, ...search }: RunSearch, columns: string[]): RunSearch {
  return { ...search, cols: writeColumns(columns) };
}
