/** The family of a run, as a tree or as a graph; which of them is for the URL to say. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { LoadingRows, Skeleton } from "@/components/empty";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { lineageOptions } from "@/queries/runs";
import { FamilyBar, type FamilyView } from "./family-bar";
import { FamilyTree } from "./family-tree";
import { familyLines } from "./fold";
import { usePicks } from "./picks";

const route = getRouteApi("/runs/$threadId");
const FamilyGraph = lazy(() => import("./family-graph"));
const NONE: ReadonlySet<string> = new Set();

export function FamilyTab({ threadId }: { threadId: string }) {
  const { family: view = "tree" } = route.useSearch();
  const navigate = route.useNavigate();
  const lineage = useQuery(lineageOptions(threadId));
  const picks = usePicks();
  const [opened, setOpened] = useState(NONE);
  const open = useCallback((foldId: string) => setOpened((now) => new Set([...now, foldId])), []);
  const lines = useMemo(
    () => familyLines(lineage.data?.items ?? [], new Set([threadId, ...picks.ids]), opened),
    [lineage.data, threadId, picks.ids, opened],
  );
  if (lineage.isPending) return <LoadingRows rows={4} />;
  if (!lineage.data) return <ProblemNotice error={lineage.error} onRetry={() => void lineage.refetch()} />;
  const { root_thread_id: root, items: runs, capped } = lineage.data;
  const show = (next: FamilyView) =>
    void navigate({
      search: ({ family: _, ...rest }) => (next === "graph" ? { ...rest, family: next } : rest),
      replace: true,
      resetScroll: false,
    });
  const drawn = { lines, root, here: threadId, picks, onOpen: open };
  return (
    <Panel
      className="overflow-hidden"
      title={runs.length === 1 ? "One run" : `${runs.length.toLocaleString("en")} runs`}
      aside={
        <Link
          to="/runs"
          search={{ root }}
          className="text-[0.8125rem] font-medium text-accent hover:underline"
        >
          Show as a list
        </Link>
      }
    >
      <FamilyBar
        {...{ runs, root, view, picks }}
        here={threadId}
        onView={show}
        onFold={opened.size > 0 ? () => setOpened(NONE) : undefined}
      />
      {view === "graph" ? (
        <Suspense fallback={<Skeleton className="h-80 rounded-none" />}>
          <FamilyGraph {...drawn} />
        </Suspense>
      ) : (
        <FamilyTree {...drawn} />
      )}
      {capped && (
        <p className="border-t px-5 py-3 text-ink-soft">
          These are the oldest {runs.length.toLocaleString("en")}; there are more.
        </p>
      )}
    </Panel>
  );
}
