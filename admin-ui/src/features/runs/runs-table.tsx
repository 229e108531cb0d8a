/** The runs list: a table on wide screens, cards on small ones. */
import type { ReactNode } from "react";
import type { StartingRun } from "@/features/rerun/rerun-state";
import type { RunItem } from "@/lib/api";
import { RunRow } from "./run-row";
import { SelectBox } from "./select-box";
import { isSelected, type Selection } from "./selection";
import { StartingRow } from "./starting-row";

interface RunsTableProps {
  runs: RunItem[];
  /** Rows of reruns that the server's list does not have yet. */
  starting: StartingRun[];
  onRerun: (run: RunItem) => void;
  selection: Selection;
  /** `through`: also all between this one and the one that was marked before. */
  onSelect: (run: RunItem, through: boolean) => void;
  onSelectPage: (on: boolean) => void;
}

export function RunsTable({ runs, starting, onRerun, selection, onSelect, onSelectPage }: RunsTableProps) {
  const known = new Set(runs.map((run) => run.thread_id));
  const marked = runs.filter(({ thread_id }) => isSelected(selection, thread_id)).length;
  const waiting = starting.filter(({ started }) => !started || !known.has(started.thread_id));
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:block">
        <tr className="border-b text-xs text-ink-faint max-md:flex max-md:items-center max-md:gap-2 max-md:px-4 max-md:py-1">
          <th scope="col" className="w-10 p-0 max-md:w-auto">
            <SelectBox
              label="Select the runs of this page"
              on={runs.length > 0 && marked === runs.length}
              some={marked > 0}
              onChange={() => onSelectPage(marked < runs.length)}
            />
          </th>
          <Heading className="!pl-1">
            <span className="max-md:hidden">Run</span>
            <span className="md:hidden">Select this page</span>
          </Heading>
          <Heading className="max-md:hidden">Status</Heading>
          <Heading className="max-lg:hidden">SOP</Heading>
          <Heading className="max-md:hidden">Started</Heading>
          <Heading className="max-md:hidden">Duration</Heading>
          <Heading className="max-lg:hidden">Rerun of</Heading>
          <Heading className="pr-5 max-md:hidden">
            <span className="sr-only">Rerun</span>
          </Heading>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {waiting.map((run) => (
          <StartingRow key={run.key} run={run} />
        ))}
        {runs.map((run) => (
          <RunRow
            key={run.thread_id}
            run={run}
            onRerun={onRerun}
            selected={isSelected(selection, run.thread_id)}
            onSelect={(through) => onSelect(run, through)}
          />
        ))}
      </tbody>
    </table>
  );
}

function Heading({ className = "", children }: { className?: string; children: ReactNode }) {
  return (
    <th scope="col" className={`px-3 py-2.5 font-medium whitespace-nowrap ${className}`}>
      {children}
    </th>
  );
}
