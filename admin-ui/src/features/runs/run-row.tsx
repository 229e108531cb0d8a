/** One run in the list. */
import { Link, useNavigate } from "@tanstack/react-router";
import { memo, type RefCallback, useState } from "react";
import { CopyButton } from "@/components/copy-button";
import { EndKept } from "@/components/end-kept";
import { StatusPill } from "@/components/status-pill";
import { When } from "@/components/when";
import { RerunButton } from "@/features/rerun/rerun-button";
import type { RunItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { Aside, Cell, Duration, valueAt } from "./cells";
import { DEFAULT_COLUMNS, labelOf } from "./columns";
import { FamilyInShort } from "./family-in-short";
import { RowMenu } from "./row-menu";
import { SelectBox } from "./select-box";

/** Cells of a row; on small screens the row is a grid of two columns. */
export const ROW =
  "group transition-colors hover:bg-hover max-md:border-t md:*:border-t max-md:grid max-md:grid-cols-[auto_minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:px-4 max-md:py-4";
export const CELL = "px-2.5 py-3 align-middle max-md:p-0";
/** Those that only wide screens have room for, of the usual ones. */
export const WIDE_ONLY = new Set(["sop", "parent"]);

export interface RowActions {
  onRerun: (run: RunItem) => void;
  onCancel: (run: RunItem) => void;
  /** `through`: also all between this one and the one that was marked before. */
  onSelect: (run: RunItem, through: boolean) => void;
  /** The keyboard has come to this row. */
  onFocus: (run: RunItem) => void;
}

interface RunRowProps {
  run: RunItem;
  columns: string[];
  /** Its place in the whole list, from 0. */
  index: number;
  selected: boolean;
  actions: RowActions;
  /** Takes its height. */
  measure: RefCallback<Element>;
}

export const RunRow = memo(function RunRow({ run, columns, index, selected, actions, measure }: RunRowProps) {
  const navigate = useNavigate();
  // What shows on hover is made then: most rows only scroll by.
  const [near, setNear] = useState(noHover);
  const come = () => setNear(true);
  const to = { to: "/runs/$threadId", params: { threadId: run.thread_id } } as const;
  return (
    // The link in the first cell is what keyboards and screen readers use; a click anywhere is a shortcut.
    <tr
      ref={measure}
      data-run={run.thread_id}
      data-index={index}
      aria-rowindex={index + 2}
      className={cx(ROW, "cursor-pointer focus-within:bg-hover", selected && "bg-accent-soft/50")}
      onPointerEnter={come}
      onFocus={() => {
        come();
        actions.onFocus(run);
      }}
      onClick={(event) => {
        const own = (event.target as Element).closest("a, button, label, [role=menu]");
        const inside = event.currentTarget.contains(event.target as Element);
        if (!own && inside && !getSelection()?.toString()) void navigate(to);
      }}
    >
      <td className="p-0 align-middle max-md:w-auto">
        <SelectBox
          label={`Select ${run.run_name}`}
          on={selected}
          onChange={(through) => actions.onSelect(run, through)}
        />
      </td>
      <td className={`${CELL} pl-1 max-md:col-span-1 max-md:min-w-0`}>
        <Link {...to} data-row-link className="block font-medium hover:text-accent" title={run.run_name}>
          <EndKept text={run.run_name} />
        </Link>
        <div className="flex items-center gap-1 font-mono text-xs text-ink-faint" title={run.thread_id}>
          <span className="min-w-0">
            <EndKept text={run.thread_id} />
          </span>
          {near && (
            <span className="-my-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 max-md:hidden">
              <CopyButton text={run.thread_id} label={`Copy the id of ${run.run_name}`} />
            </span>
          )}
        </div>
        {run.family && <FamilyInShort root={run.thread_id} family={run.family} />}
        <div className={cx("max-md:hidden", columns.includes("sop") && "lg:hidden")}>
          <Aside run={run} />
        </div>
      </td>
      <td className={`${CELL} max-md:justify-self-end`}>
        <StatusPill status={run.status} />
      </td>
      {columns.map((column) => (
        <td
          key={column}
          className={cx(
            CELL,
            "overflow-hidden text-ink-soft max-md:hidden",
            WIDE_ONLY.has(column) && "max-lg:hidden",
          )}
        >
          <Cell column={column} run={run} />
        </td>
      ))}
      <td
        className={cx(
          CELL,
          "pr-4 text-right max-md:order-last max-md:col-span-3 max-md:justify-self-end",
          // Where the columns are wider than the page, the actions stay in sight.
          "transition-colors md:sticky md:right-0 md:group-focus-within:bg-hover md:group-hover:bg-hover",
          selected ? "md:bg-[color-mix(in_srgb,var(--accent-soft)_50%,var(--surface))]" : "md:bg-surface",
        )}
      >
        <div className="flex items-center justify-end gap-0.5">
          {near && <RowMenu run={run} onCancel={actions.onCancel} />}
          <RerunButton
            threadId={run.thread_id}
            name={run.run_name}
            refused={run.rerunnable === "no" ? (run.rerunnable_why ?? "This run can't be rerun") : undefined}
            onOpen={() => actions.onRerun(run)}
          />
        </div>
      </td>
      <td className="text-ink-soft max-md:col-span-3 max-md:min-w-0 md:hidden">
        <OnSmallScreens run={run} columns={columns} />
      </td>
    </tr>
  );
});

/** All that wide screens have in columns. */
function OnSmallScreens({ run, columns }: { run: RunItem; columns: string[] }) {
  const others = columns.filter((column) => !DEFAULT_COLUMNS.includes(column));
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2">
        <When at={run.started_at ?? run.created_at} /> · <Duration run={run} />
      </span>
      <span className="block truncate">{run.sop_title}</span>
      <Aside run={run} />
      {others.length > 0 && (
        <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-[0.8125rem]">
          {others
            .filter((column) => !column.includes(".") || valueAt(run, column) !== undefined)
            .map((column) => (
              <div key={column} className="contents">
                <dt className="text-ink-faint">{labelOf(column)}</dt>
                <dd className="min-w-0">
                  <Cell column={column} run={run} />
                </dd>
              </div>
            ))}
        </dl>
      )}
    </>
  );
}

/** Fingers don't hover. */
function noHover(): boolean {
  return window.matchMedia("(hover: none), (max-width: 767px)").matches;
}
