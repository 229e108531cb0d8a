/** The runs list: a table on wide screens, cards on small ones; only rows near the window are there. */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { StartingRun } from "@/features/rerun/rerun-state";
import type { RunItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { usePreference } from "@/lib/preference";
import { timeStyle } from "@/lib/time";
import { COLUMNS, DEFAULT_COLUMNS, labelOf, roomOf, widthOf } from "./columns";
import { type RowActions, RunRow, WIDE_ONLY } from "./run-row";
import { SelectBox } from "./select-box";
import type { Selection } from "./selection";
import { StartingRow } from "./starting-row";

const ROW_HEIGHT = 62;
const CARD_HEIGHT = 168;
/** Short lists are there as a whole: one can search in the page and print it. */
const SHORT = 100;
/** How many rows before the end of what is loaded more is asked for. */
const AHEAD = 15;
/** How long a row that was scrolled to may take until it is there. */
const FOCUS_MS = 2000;

/** What the page asks of the table. */
export interface TableHandle {
  /** Moves the keyboard to a row. */
  focus: (index: number) => void;
  /** Ids of the rows in sight. */
  inSight: () => string[];
}

interface RunsTableProps {
  runs: RunItem[];
  /** How many there are in all; -1 where nobody has counted. */
  total: number;
  columns: string[];
  /** Rows of reruns that the server's list does not have yet. */
  starting: StartingRun[];
  selection: Selection;
  actions: RowActions;
  onSelectLoaded: (on: boolean) => void;
  /** The end of what is loaded comes into sight. */
  onEnd: () => void;
  handle: RefObject<TableHandle | null>;
}

export function RunsTable({
  runs,
  total,
  columns,
  starting,
  selection,
  actions,
  onSelectLoaded,
  onEnd,
  handle,
}: RunsTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  /** The row that the keyboard went to last. */
  const wanted = useRef(-1);
  const [margin, setMargin] = useState(0);
  const small = typeof window !== "undefined" && window.innerWidth < 768;
  // Another function would have all places worked out again.
  const keyOf = useCallback((index: number) => runs[index]?.thread_id ?? index, [runs]);
  const rows = useWindowVirtualizer({
    count: runs.length,
    estimateSize: () => (small ? CARD_HEIGHT : ROW_HEIGHT),
    overscan: runs.length <= SHORT ? SHORT : 6,
    scrollMargin: margin,
    getItemKey: keyOf,
    useFlushSync: false,
  });
  // What stands above the rows comes and goes: the chart, notices, the filter's second line.
  useLayoutEffect(() => {
    const measure = () =>
      setMargin(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
    measure();
    const changes = new ResizeObserver(measure);
    changes.observe(document.body);
    return () => changes.disconnect();
  }, []);

  const shown = rows.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  const lastInSight = rows.range?.endIndex ?? 0;
  useEffect(() => {
    if (lastInSight >= runs.length - AHEAD) onEnd();
  }, [lastInSight, runs.length, onEnd]);
  useEffect(() => {
    handle.current = {
      focus: (index) => {
        rows.scrollToIndex(index, { align: "auto" });
        wanted.current = index;
        focusRow(body.current, index, performance.now() + FOCUS_MS, wanted);
      },
      inSight: () => {
        const { startIndex, endIndex } = rows.range ?? { startIndex: 0, endIndex: -1 };
        return runs.slice(startIndex, endIndex + 1).map(({ thread_id }) => thread_id);
      },
    };
  });

  const marks = useMemo(() => new Set(selection.ids), [selection.ids]);
  const isMarked = (id: string) => selection.all || marks.has(id);
  const marked = useMemo(
    () => runs.filter(({ thread_id }) => selection.all || marks.has(thread_id)).length,
    [runs, selection.all, marks],
  );
  const waiting = starting.filter(
    ({ started }) => !started || !runs.some(({ thread_id }) => thread_id === started.thread_id),
  );
  const wide = columns.length > DEFAULT_COLUMNS.length;
  const times = usePreference(timeStyle);
  return (
    <div className={cx(wide && "overflow-x-auto")}>
      <table
        // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
        role="table"
        aria-rowcount={total < 0 ? -1 : total + 1}
        style={{ "--room": `${roomOf(columns, times)}rem` } as CSSProperties}
        className={cx(
          "w-full border-separate border-spacing-0 text-left max-md:block md:table-fixed",
          wide && "md:min-w-(--room)",
        )}
      >
        <colgroup className="max-md:hidden">
          <col style={{ width: "2.5rem" }} />
          <col />
          <col style={{ width: "8rem" }} />
          {columns.map((column) => (
            <col
              key={column}
              className={cx(WIDE_ONLY.has(column) && "max-lg:hidden")}
              style={{ width: widthOf(column, times) }}
            />
          ))}
          <col style={{ width: "9rem" }} />
        </colgroup>
        <thead className="max-md:block">
          <tr
            aria-rowindex={1}
            className="text-xs text-ink-faint max-md:flex max-md:items-center max-md:gap-2 max-md:px-4 max-md:py-1"
          >
            <th scope="col" className={HEAD}>
              <SelectBox
                label="Select the runs that are loaded"
                on={runs.length > 0 && marked === runs.length}
                some={marked > 0}
                onChange={() => onSelectLoaded(marked < runs.length)}
              />
            </th>
            <th scope="col" className={cx(HEAD, "pr-2.5 pl-1")}>
              <span className="max-md:hidden">Run</span>
              <span className="md:hidden">Select these runs</span>
            </th>
            <th scope="col" className={cx(HEAD, "px-2.5 max-md:hidden")}>
              Status
            </th>
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                title={COLUMNS[column]?.meaning}
                className={cx(
                  HEAD,
                  "truncate px-2.5 max-md:hidden",
                  WIDE_ONLY.has(column) && "max-lg:hidden",
                )}
              >
                {labelOf(column)}
              </th>
            ))}
            <th scope="col" className={cx(HEAD, "right-0 px-2.5 max-md:hidden")}>
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body} className="max-md:block">
          {waiting.map((run) => (
            <StartingRow key={run.key} run={run} columns={columns} />
          ))}
          {first && first.start > margin && <Room height={first.start - margin} />}
          {shown.map(({ index }) => {
            const run = runs[index];
            return (
              run && (
                <RunRow
                  key={run.thread_id}
                  run={run}
                  columns={columns}
                  index={index}
                  selected={isMarked(run.thread_id)}
                  actions={actions}
                  measure={rows.measureElement}
                />
              )
            );
          })}
          {last && <Room height={rows.getTotalSize() - (last.end - margin)} />}
        </tbody>
      </table>
    </div>
  );
}

const HEAD =
  "z-10 bg-surface py-0.5 font-medium whitespace-nowrap md:sticky md:top-0 max-lg:md:top-14 first:rounded-tl-xl last:rounded-tr-xl";

/** Stands for rows that are not there. */
function Room({ height }: { height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden className="max-md:block">
      <td className="p-0 max-md:block" style={{ height }} />
    </tr>
  );
}

/** A row that was scrolled to is there some frames later; by then another one may be wanted. */
function focusRow(body: HTMLElement | null, index: number, until: number, wanted: RefObject<number>) {
  if (wanted.current !== index) return;
  const link = body?.querySelector<HTMLElement>(`tr[data-index="${index}"] [data-row-link]`);
  if (link) link.focus({ preventScroll: true });
  else if (performance.now() < until) requestAnimationFrame(() => focusRow(body, index, until, wanted));
}
