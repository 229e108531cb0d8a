/** The runs list: a table on wide screens, cards on small ones. */
import type { ReactNode } from "react";
import type { StartingRun } from "@/features/rerun/rerun-state";
import type { RunItem } from "@/lib/api";
import { RunRow } from "./run-row";
import { StartingRow } from "./starting-row";

interface RunsTableProps {
  runs: RunItem[];
  /** Rows of reruns that the server's list does not have yet. */
  starting: StartingRun[];
  onRerun: (run: RunItem) => void;
}

export function RunsTable({ runs, starting, onRerun }: RunsTableProps) {
  const known = new Set(runs.map((run) => run.thread_id));
  const waiting = starting.filter(({ started }) => !started || !known.has(started.thread_id));
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint">
          <Heading className="pl-5">Run</Heading>
          <Heading>Status</Heading>
          <Heading className="max-lg:hidden">SOP</Heading>
          <Heading>Started</Heading>
          <Heading>Duration</Heading>
          <Heading className="max-lg:hidden">Rerun of</Heading>
          <Heading className="pr-5">
            <span className="sr-only">Rerun</span>
          </Heading>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {waiting.map((run) => (
          <StartingRow key={run.key} run={run} />
        ))}
        {runs.map((run) => (
          <RunRow key={run.thread_id} run={run} onRerun={onRerun} />
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
