/** What can be done with the runs that are selected; it stays in sight while the list scrolls. */
import { Link } from "@tanstack/react-router";
import { FlaskConical, GitCompareArrows, RotateCcw } from "lucide-react";
import { Button, buttonLook } from "@/components/button";
import { ClearSelection } from "@/components/clear-selection";
import { runsText } from "@/features/batches/figures";
import { useShortcut } from "@/lib/shortcut";
import type { Selection } from "./selection";
import type { RunCount } from "./types";

interface BulkBarProps {
  selection: Selection;
  /** How many the filter finds; undefined while that is counted. */
  found: RunCount | undefined;
  filtered: boolean;
  onAll: () => void;
  onClear: () => void;
  onRerun: () => void;
  onBacktest: () => void;
}

export function BulkBar({ selection, found, filtered, onAll, onClear, onRerun, onBacktest }: BulkBarProps) {
  const { all, ids } = selection;
  useShortcut("Escape", "Clear the selection", onClear);
  const more = found !== undefined && (found.capped || found.count > ids.length);
  const [left, right] = ids;
  return (
    <section
      aria-label="Selected runs"
      className="sticky bottom-4 z-20 mt-4 flex animate-enter flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border bg-raised px-4 py-3 shadow-float max-md:bottom-2 max-md:px-3"
    >
      <p aria-live="polite" className="font-medium whitespace-nowrap">
        {all
          ? `All ${found ? runsText(found.count, found.capped) : "runs"}${filtered ? " of the filter" : ""}`
          : `${ids.length.toLocaleString("en")} selected`}
      </p>
      {!all && more && (
        <button
          type="button"
          onClick={onAll}
          className="text-[0.8125rem] font-medium text-accent hover:underline"
        >
          Select all {runsText(found.count, found.capped).replace(/ runs?$/, "")}
          {filtered ? " matching the filter" : ""}
        </button>
      )}
      <span className="ml-auto flex flex-wrap items-center gap-2 max-md:ml-0 max-md:w-full">
        {!all && ids.length === 2 && left && right && (
          <Link to="/compare" search={{ left, right }} className={buttonLook("secondary", "sm")}>
            <GitCompareArrows aria-hidden /> Compare
          </Link>
        )}
        <Button size="sm" icon={<FlaskConical aria-hidden />} onClick={onBacktest}>
          Backtest…
        </Button>
        <Button size="sm" look="primary" icon={<RotateCcw aria-hidden />} onClick={onRerun}>
          Rerun…
        </Button>
        <ClearSelection onClear={onClear} className="max-md:ml-auto" />
      </span>
    </section>
  );
}
