/** The data a run has gathered so far, each value with the step it came from. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Database, SearchX } from "lucide-react";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy-button";
import { Empty, LoadingRows } from "@/components/empty";
import { FilterInput } from "@/components/filter-input";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { rowsOf, type ValueRow, ValueTable } from "@/components/value-table";
import { producedValues } from "@/features/rerun/produced";
import type { RunDetail, RunState, Step } from "@/lib/api";
import { writeJson } from "@/lib/json";
import { isFinal } from "@/lib/status";
import { CorrectLink } from "./correct-link";
import { Producer } from "./step-data";

interface DataTabProps {
  run: RunDetail;
  status: UseQueryResult<RunState>;
  steps: Step[];
  find: string | undefined;
  onFind: (find: string | undefined) => void;
}

export function DataTab({ run, status, steps, find, onFind }: DataTabProps) {
  if (status.isPending) return <LoadingRows rows={4} />;
  if (!status.data) return <ProblemNotice error={status.error} onRetry={() => void status.refetch()} />;
  const data = status.data.data_store;
  const every = rowsOf(data);
  if (every.length === 0) {
    return (
      <Empty icon={<Database aria-hidden />} title="No data">
        The run started from an empty object, and no step has added anything.
      </Empty>
    );
  }
  const bySeq = new Map(steps.map((step) => [step.seq, step]));
  const producers = new Map(producedValues(steps).map(({ path, seq }) => [path, seq]));
  const given = new Set(rowsOf(run.initial_data).map(({ path }) => path));
  const rows = every.filter((row) => !find || says(row, find.toLowerCase()));
  const initial = rows.filter(({ path }) => given.has(path) && !producers.has(path));
  const gathered = rows
    .filter((row) => !initial.includes(row))
    .map((row) => {
      const seq = producers.get(row.path);
      return {
        ...row,
        ...(seq !== undefined && {
          note: <Producer threadId={run.thread_id} seq={seq} step={bySeq.get(seq)} />,
        }),
        ...(isFinal(run.status) && { aside: <CorrectLink threadId={run.thread_id} path={row.path} /> }),
      };
    });
  return (
    <div className="space-y-5">
      <div className="flex flex-wrap items-center gap-3">
        <FilterInput label="Find data" placeholder="Data path or value" value={find} onChange={onFind} icon />
        {find && (
          <p className="text-[0.8125rem] text-ink-faint">
            {rows.length} of {every.length} values
          </p>
        )}
      </div>
      {rows.length === 0 && (
        <Empty
          icon={<SearchX aria-hidden />}
          title="No value matches"
          actions={<Button onClick={() => onFind(undefined)}>Clear the filter</Button>}
        />
      )}
      {gathered.length > 0 && (
        <Panel
          title="Gathered by steps"
          aside={<CopyButton text={writeJson(data, 2)} label="Copy all as JSON" />}
        >
          <div className="p-4">
            <ValueTable rows={gathered} />
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

function says({ path, value }: ValueRow, text: string): boolean {
  const told = typeof value === "string" ? value : writeJson(value);
  return path.toLowerCase().includes(text) || told.toLowerCase().includes(text);
}
