/** The family of a run as a tree. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Button } from "@/components/button";
import { LoadingRows } from "@/components/empty";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { lineageOptions } from "@/queries/runs";
import { FamilyRow } from "./family-row";
import { treeLines } from "./tree";

const FIRST = 200;

export function FamilyTab({ threadId }: { threadId: string }) {
  const lineage = useQuery(lineageOptions(threadId));
  const lines = useMemo(() => treeLines(lineage.data?.items ?? []), [lineage.data]);
  const [shown, setShown] = useState(FIRST);
  if (lineage.isPending) return <LoadingRows rows={4} />;
  if (!lineage.data) return <ProblemNotice error={lineage.error} onRetry={() => void lineage.refetch()} />;
  const { root_thread_id: root, capped } = lineage.data;
  const here = lines.findIndex(({ run }) => run.thread_id === threadId);
  const visible = lines.slice(0, Math.max(shown, here + 1));
  return (
    <Panel
      className="overflow-hidden"
      title={lines.length === 1 ? "One run" : `${lines.length.toLocaleString("en")} runs`}
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
      <ol aria-label="Family" className="divide-y">
        {visible.map((line) => (
          <FamilyRow
            key={line.run.thread_id}
            line={line}
            root={root}
            here={line.run.thread_id === threadId}
          />
        ))}
      </ol>
      {visible.length < lines.length && (
        <div className="border-t p-4 text-center">
          <Button size="sm" onClick={() => setShown(visible.length + FIRST)}>
            Show more ({(lines.length - visible.length).toLocaleString("en")} left)
          </Button>
        </div>
      )}
      {capped && (
        <p className="border-t px-5 py-3 text-ink-soft">
          These are the oldest {lines.length.toLocaleString("en")}; there are more.
        </p>
      )}
    </Panel>
  );
}
