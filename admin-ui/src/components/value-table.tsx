/** JSON objects as tables: one row per data path, and lists of objects with one column per key. */
import { Fragment, useState } from "react";
import { cx } from "@/lib/class-names";
import { isNumber, isObject, type Json, type JsonObject } from "@/lib/json";
import { Value } from "./value";

const FIRST_ROWS = 50;
const MOST_COLUMNS = 8;

export interface ValueRow {
  path: string;
  value: Json;
  /** Where it came from, for a third column. */
  note?: React.ReactNode;
  /** What can be done with it, at the right. */
  aside?: React.ReactNode;
  /** It differs from what it stands beside. */
  marked?: boolean;
}

/** Rows of an object: objects inside are opened, so that each row has the full data path. */
export function rowsOf(data: JsonObject, prefix = ""): ValueRow[] {
  return Object.entries(data).flatMap(([key, value]): ValueRow[] => {
    const path = prefix + key;
    return isObject(value) && Object.keys(value).length > 0 ? rowsOf(value, `${path}.`) : [{ path, value }];
  });
}

interface ValueTableProps {
  data?: JsonObject;
  rows?: ValueRow[];
  /** Inside another table: no frame. */
  nested?: boolean;
}

export function ValueTable({ data, rows, nested }: ValueTableProps) {
  const [all, setAll] = useState(false);
  const every = rows ?? rowsOf(data ?? {});
  const shown = all ? every : every.slice(0, FIRST_ROWS);
  return (
    <div className={cx(!nested && "overflow-hidden rounded-lg border")}>
      <table className="w-full table-fixed border-collapse text-left text-[0.8125rem]">
        <colgroup>
          <col className="w-[34%] max-md:w-[40%]" />
          <col />
        </colgroup>
        <tbody className="divide-y">
          {shown.map((row) => (
            <Row key={row.path} {...row} nested={nested} />
          ))}
        </tbody>
      </table>
      {shown.length < every.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="w-full border-t py-2 text-[0.8125rem] font-medium text-accent hover:bg-hover"
        >
          Show all {every.length} rows
        </button>
      )}
    </div>
  );
}

/** A data path that breaks where a reader would break it. */
function DataPath({ path }: { path: string }) {
  return path.split(/(?<=[._])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in its order
    <Fragment key={index}>
      {part}
      <wbr />
    </Fragment>
  ));
}

/** One value beside its path; a list of objects stands below it, where it has the whole width. */
function Row({ path, value, note, aside, marked, nested }: ValueRow & { nested?: boolean }) {
  const name = "py-2 font-mono text-xs leading-5 font-normal break-words text-ink-soft";
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) {
    return (
      <tr data-marked={marked} className={cx("align-top", marked && "bg-wait-soft")}>
        <td colSpan={2} className={cx("pb-3", !nested && "px-3")}>
          <div className={cx(name, "flex items-start justify-between gap-2")}>
            <span className="min-w-0">
              <DataPath path={path} />
            </span>
            {aside}
          </div>
          <Value value={value} />
          {note !== undefined && <div className="mt-1 text-xs text-ink-faint">{note}</div>}
        </td>
      </tr>
    );
  }
  return (
    <tr data-marked={marked} className={cx("align-top", marked && "bg-wait-soft")}>
      <th
        scope="row"
        className={cx(name, "pr-3", nested ? "pl-0" : "pl-3", !nested && !marked && "bg-sunken/60")}
      >
        <DataPath path={path} />
      </th>
      <td className={cx("px-3 py-2 leading-5", nested && "pr-0")}>
        {aside !== undefined && <div className="float-right -mt-0.5 -mr-1.5 ml-2">{aside}</div>}
        <Value value={value} />
        {note !== undefined && <div className="mt-0.5 text-xs text-ink-faint">{note}</div>}
      </td>
    </tr>
  );
}

/** Whether a value needs the whole width of the page. */
export function isWide(value: Json | undefined): boolean {
  return Array.isArray(value) && value.some(isObject);
}

/** A list of objects; too many different keys are shown one object after the other. */
export function TableOf({ rows }: { rows: JsonObject[] }) {
  const [all, setAll] = useState(false);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  if (columns.length > MOST_COLUMNS || columns.length === 0) {
    return (
      <ol className="space-y-3">
        {shown.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown as it is and never reordered
          <li key={index}>
            <ValueTable data={row} />
          </li>
        ))}
      </ol>
    );
  }
  return (
    <section
      aria-label="Rows"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that
      tabIndex={0}
      className="overflow-x-auto rounded-lg border"
    >
      <table className="w-full border-collapse text-left text-[0.8125rem]">
        <thead>
          <tr className="border-b bg-sunken/60">
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                className="px-3 py-1.5 font-mono text-xs font-normal text-ink-soft"
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {shown.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown as it is and never reordered
            <tr key={index} className="align-top">
              {columns.map((column) => (
                <td key={column} className={cx("px-3 py-1.5", isShort(row[column]) && "*:whitespace-pre")}>
                  {Object.hasOwn(row, column) ? <Value value={row[column]} /> : null}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button
          type="button"
          onClick={() => setAll(true)}
          className="w-full border-t py-2 font-medium text-accent hover:bg-hover"
        >
          Show all {rows.length} rows
        </button>
      )}
    </section>
  );
}

const SHORT = 24;

/** Dates, numbers and codes stay on one line. */
function isShort(value: Json | undefined): boolean {
  return (typeof value === "string" && value.length <= SHORT) || isNumber(value);
}
