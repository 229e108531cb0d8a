/** The data a run has gathered so far. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { CopyButton } from "@/components/copy-button";
import { Empty, LoadingRows } from "@/components/empty";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { rowsOf, ValueTable } from "@/components/value-table";
import type { RunDetail, RunState } from "@/lib/api";
import { type Json, writeJson } from "@/lib/json";
import { isFinal } from "@/lib/status";
import { CorrectLink } from "./correct-link";

export function DataTab({ run, status }: { run: RunDetail; status: UseQueryResult<RunState> }) {
  if (status.isPending) return <LoadingRows rows={4} />;
  if (!status.data) return <ProblemNotice error={status.error} onRetry={() => void status.refetch()} />;
  const data = status.data.data_store;
  const given = new Set(rowsOf(run.initial_data).map(({ path }) => path));
  const rows = rowsOf(data);
  if (rows.length === 0) {
    return (
      <Empty icon={<Database aria-hidden />} title="No data">
        The run started from an empty object, and no step has added anything.
      </Empty>
    );
  }
  const gathered = rows.filter(({ path }) => !given.has(path));
  const initial = rows.filter(({ path }) => given.has(path));
  return (
    <div className="space-y-5">
      {gathered.length > 0 && (
        <Panel
          title="Gathered by steps"
          aside={<CopyButton text={writeJson(data as Json, 2)} label="Copy all as JSON" />}
        >
          <div className="p-4">
            <ValueTable
              rows={gathered.map((row) =>
                isFinal(run.status)
                  ? { ...row, aside: <CorrectLink threadId={run.thread_id} path={row.path} /> }
                  : row,
              )}
            />
          </div>
        </Panel>
      )}
      {initial.length > 0 && (
        <Panel
          title="From the initial data"
          aside={<CopyButton text={writeJson(run.initial_data, 2)} label="Copy as JSON" />}
        >
          <div className="p-4">
            <ValueTable rows={initial} />
          </div>
        </Panel>
      )}
    </div>
  );
}
