/** A rerun that was just confirmed: shown before the server's list has it. */
import { CornerDownRight } from "lucide-react";
import { StatusPill } from "@/components/status-pill";
import type { StartingRun } from "@/features/rerun/rerun-state";
import { CELL, ROW } from "./run-row";

export function StartingRow({ run }: { run: StartingRun }) {
  const { of, started } = run;
  return (
    <tr data-starting={started?.thread_id ?? ""} className={`${ROW} animate-enter bg-busy-soft/40`}>
      <td className="w-10 p-0" />
      <td className={`${CELL} max-w-0 pl-1 max-md:max-w-none`}>
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
      <td className={`${CELL} max-w-0 max-lg:hidden`}>
        <div className="truncate text-ink-soft">{of.sop_title}</div>
      </td>
      <td className={`${CELL} text-ink-soft max-md:hidden`}>now</td>
      <td className={`${CELL} text-ink-faint max-md:hidden`}>–</td>
      <td className={`${CELL} max-w-40 max-lg:hidden`}>
        <span className="flex items-center gap-1 text-ink-soft">
          <CornerDownRight className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
          <span className="truncate font-mono text-xs">{of.thread_id}</span>
        </span>
      </td>
      <td className={`${CELL} max-md:hidden`} />
    </tr>
  );
}
