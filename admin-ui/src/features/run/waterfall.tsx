/** The steps of a run on its time axis, as a tree that the keyboard walks; only what is in view is drawn. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button } from "@/components/button";
import type { Span } from "./segments";
import type { StepRow } from "./step-rows";
import { BarLegend, TimeScale } from "./time-axis";
import { useLiveEnd } from "./use-live-end";
import { BARS, DECISION_HEIGHT, STEP_HEIGHT, WaterfallRow } from "./waterfall-row";

const ROWS_BEFORE = 3;

interface WaterfallProps {
  rows: StepRow[];
  span: Span;
  /** The step that is looked at. */
  at: number | undefined;
  /** Steps are still to come. */
  live: boolean;
  /** Chosen with the pointer; walked to with the keyboard. */
  onChoose: (seq: number) => void;
  onWalk: (seq: number) => void;
  onToggle: (seq: number) => void;
}

export function Waterfall({ rows, span, at, live, onChoose, onWalk, onToggle }: WaterfallProps) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => (rows[index]?.level === 1 ? DECISION_HEIGHT : STEP_HEIGHT),
    getItemKey: (index) => rows[index]?.step.seq ?? index,
    overscan: 8,
  });
  const { away, onScroll, toEnd } = useLiveEnd(box, virtual.getTotalSize(), live);
  const place = rows.findIndex(({ step }) => step.seq === at);
  useInView(place, at, live, (index, first) =>
    // At first a few rows before it, near the top: the lower part of the list may be below the screen.
    first
      ? virtual.scrollToIndex(Math.max(0, index - ROWS_BEFORE), { align: "start" })
      : virtual.scrollToIndex(index, { align: "auto" }),
  );

  const press = (event: KeyboardEvent) => {
    const next = stepTo(event.key, rows, place);
    if (next === null) return;
    event.preventDefault();
    if (next.toggle !== undefined) onToggle(next.toggle);
    else if (next.choose !== undefined) onWalk(next.choose);
  };

  return (
    <div className="@container relative flex min-h-0 grow flex-col">
      <div className="flex items-center gap-2.5 border-b py-1 pr-4 pl-7 text-2xs text-ink-faint @max-sm:hidden">
        <span className="grow">Step</span>
        <BarLegend>
          <div className={BARS}>
            <TimeScale span={span} />
          </div>
        </BarLegend>
        <span className="w-14 text-right">Took</span>
      </div>
      <div
        ref={box}
        role="tree"
        aria-label="Steps"
        tabIndex={0}
        aria-activedescendant={place >= 0 ? rowId(at) : undefined}
        onKeyDown={press}
        onScroll={onScroll}
        className="min-h-0 grow overflow-y-auto overscroll-contain focus-visible:-outline-offset-2"
      >
        <div className="relative" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            return (
              row && (
                <WaterfallRow
                  key={row.step.seq}
                  row={row}
                  span={span}
                  chosen={row.step.seq === at}
                  id={rowId(row.step.seq)}
                  top={start}
                  onChoose={onChoose}
                  onToggle={onToggle}
                />
              )
            );
          })}
        </div>
      </div>
      {live && away && (
        <Button
          size="sm"
          className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-float"
          icon={<ArrowDown aria-hidden />}
          onClick={toEnd}
        >
          Jump to live
        </Button>
      )}
    </div>
  );
}

const rowId = (seq: number | undefined) => `step-${seq}`;

/** Brings the chosen row into view when another one is chosen; a list that follows a run stays at its end. */
function useInView(
  place: number,
  at: number | undefined,
  live: boolean,
  show: (index: number, first: boolean) => void,
): void {
  const shown = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (place < 0 || shown.current === at) return;
    const first = shown.current === undefined;
    shown.current = at;
    if (!(first && live)) show(place, first);
  });
}

interface Move {
  choose?: number | undefined;
  toggle?: number | undefined;
}

/** What a key does in a tree: up, down, first, last; right opens or goes in, left closes or goes out. */
function stepTo(key: string, rows: StepRow[], place: number): Move | null {
  const row = rows[place];
  const seqAt = (index: number) => rows[Math.min(rows.length - 1, Math.max(0, index))]?.step.seq;
  if (key === "ArrowDown") return { choose: seqAt(place + 1) };
  if (key === "ArrowUp") return { choose: seqAt(place < 0 ? 0 : place - 1) };
  if (key === "Home") return { choose: seqAt(0) };
  if (key === "End") return { choose: seqAt(rows.length - 1) };
  if (!row) return null;
  if (key === "ArrowRight" && row.below > 0) {
    return row.open ? { choose: seqAt(place + 1) } : { toggle: row.step.seq };
  }
  if (key === "ArrowLeft") {
    if (row.level === 1) return row.open && row.below > 0 ? { toggle: row.step.seq } : null;
    return { choose: row.step.decision };
  }
  return null;
}
