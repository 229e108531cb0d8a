/** A rerun that was just confirmed: shown before the server's list has it. */
import { CornerDownRight } from "lucide-react";
import { StatusPill } from "@/components/status-pill";
import type { StartingRun } from "@/features/rerun/rerun-state";
import { cx } from "@/lib/class-names";
import { parentName } from "./cells";
import { CELL, ROW, WIDE_ONLY } from "./run-row";

export function StartingRow({ run, columns }: { run: StartingRun; columns: string[] }) {
  const { of, started } = run;
  return (
    <tr data-starting={started?.thread_id ?? ""} className={`${ROW} animate-enter bg-busy-soft/40`}>
      <td className="p-0" />
      <td className={`${CELL} pl-1 max-md:min-w-0`}>
        <div className="truncate font-medium">
          {started?.run_name ?? `${of.run_name.replace(/ \(Rerun #\d+\)$/, "")} (Rerun)`}
        </div>
        <div className="truncate font-mono text-xs text-ink-faint">
          {started?.thread_id ?? `${of.root_thread_id}_rerun_…`}
        </div>
      </td>
      <td className={CELL}>
        <StatusPill status="starting" />
      </td>
      {columns.map((column) => (
        <td
          key={column}
          className={cx(CELL, "text-ink-soft max-md:hidden", WIDE_ONLY.has(column) && "max-lg:hidden")}
        >
          <StartingCell column={column} of={of} />
        </td>
      ))}
      <td className={`${CELL} max-md:hidden`} />
    </tr>
  );
}

function StartingCell({ column, of }: { column: string; of: StartingRun["of"] }) {
  switch (column) {
    case "sop":
      return <div className="truncate">{of.sop_title}</div>;
    case "started":
    case "created":
      return "now";
    case "parent":
      return (
        <span className="flex items-center gap-1 text-[0.8125rem]" title={of.thread_id}>
          <CornerDownRight className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
          <span className="truncate">{parentName(of.thread_id, of.root_thread_id)}</span>
        </span>
      );
    default:
      return <span className="text-ink-faint">–</span>;
  }
}
