/** Asks before something is done with the selected runs. */
import BacktestDialog from "@/features/backtests/backtest-dialog";
import type { BatchTarget } from "@/features/batches/batch-choice";
import { BatchDialog } from "@/features/batches/batch-dialog";
import type { RunFilter, RunItem } from "@/lib/api";
import type { Selection } from "./selection";

interface RunsDialogProps {
  asked: "rerun" | "backtest";
  selection: Selection;
  filter: RunFilter;
  /** Those of the list that are loaded. */
  runs: RunItem[];
  onClose: () => void;
}

export default function RunsDialog({ asked, selection, filter, runs, onClose }: RunsDialogProps) {
  const target: BatchTarget = selection.all ? { filter } : { ids: selection.ids };
  if (asked === "backtest") {
    return <BacktestDialog title="Backtest the selected runs" target={target} onClose={onClose} />;
  }
  // Where none that is loaded has failed there is no failure to go on from.
  const marks = new Set(selection.ids);
  const known = selection.all ? runs : runs.filter(({ thread_id }) => marks.has(thread_id));
  const failed = known.length === 0 || known.some(({ status }) => status === "failed");
  return (
    <BatchDialog
      title="Rerun the selected runs"
      target={target}
      first={{ preset: failed ? "from-failure" : "only-what-changed" }}
      onClose={onClose}
    />
  );
}
