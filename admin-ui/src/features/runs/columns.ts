/** Which columns the list has beside run and status, and in which order. */
import { store, stored } from "@/lib/stored";
import type { TimeStyle } from "@/lib/time";

export const COLUMNS: Record<string, { label: string; meaning: string; width: string }> = {
  sop: { label: "SOP", meaning: "The procedure's first line", width: "18%" },
  started: { label: "Started", meaning: "When a worker began it", width: "6.5rem" },
  duration: { label: "Duration", meaning: "From its start to its end", width: "5.5rem" },
  parent: { label: "Rerun of", meaning: "The run that this one repeats", width: "6.5rem" },
  origin: { label: "Started by", meaning: "API, schedule, policy, batch or rerun", width: "9rem" },
  created: { label: "Created", meaning: "When it was asked for", width: "6.75rem" },
  planner: { label: "Planner", meaning: "What decided on the steps", width: "6rem" },
  model: { label: "Model", meaning: "The language model, where one is used", width: "8rem" },
  tokens: { label: "Tokens", meaning: "Of all model calls", width: "5.5rem" },
  money: { label: "Money", meaning: "US dollars for model calls", width: "5.5rem" },
};
export const DEFAULT_COLUMNS = ["sop", "started", "duration", "parent"];
/** The time itself stands in two lines: its day, and its clock with the zone. */
const TIMES = new Set(["started", "created"]);
const TIME_WIDTH = "10.5rem";
const PATH = /^(data|metadata)\.[^,\s]+$/;
/** The server shows at most so many paths of initial_data. */
const MOST_PATHS = 10;
const KEY = "asf-run-columns";

/** What `metadata.team` or `data.order.id` names; null for a column that is not one of a path. */
export function pathOf(column: string): { of: "data" | "metadata"; path: string } | null {
  const [, of] = PATH.exec(column) ?? [];
  return of === "data" || of === "metadata" ? { of, path: column.slice(of.length + 1) } : null;
}

export function isColumn(column: string): boolean {
  return Object.hasOwn(COLUMNS, column) || PATH.test(column);
}

export function labelOf(column: string): string {
  return COLUMNS[column]?.label ?? pathOf(column)?.path ?? column;
}

/** Columns from their text, each once; those that nobody knows are left out. */
export function readColumns(text: string): string[] {
  return [...new Set(text.split(","))].filter(isColumn);
}

/** `none` is a list with run and status alone. */
export const writeColumns = (columns: string[]) => columns.join(",") || "none";

/** The columns of a URL, else those that this browser remembers, else the usual ones. */
export function columnsOf(cols: string | undefined): string[] {
  const text = cols ?? stored(KEY);
  return text === null ? DEFAULT_COLUMNS : readColumns(text);
}

export function rememberColumns(columns: string[]): void {
  const text = writeColumns(columns);
  store(KEY, text === writeColumns(DEFAULT_COLUMNS) ? null : text);
}

/** Paths of initial_data that the server is to show. */
export function pathsShown(columns: string[]): string[] {
  return columns
    .flatMap((column) => {
      const found = pathOf(column);
      return found?.of === "data" ? [found.path] : [];
    })
    .slice(0, MOST_PATHS);
}

/** With a column one place further to the front (-1) or the back (1). */
export function moved(columns: string[], column: string, by: -1 | 1): string[] {
  const from = columns.indexOf(column);
  const to = from + by;
  if (from < 0 || to < 0 || to >= columns.length) return columns;
  const next = columns.filter((other) => other !== column);
  next.splice(to, 0, column);
  return next;
}

export function widthOf(column: string, times: TimeStyle): string {
  if (times === "absolute" && TIMES.has(column)) return TIME_WIDTH;
  return COLUMNS[column]?.width ?? "8rem";
}

/** In rem, the least that a table with these columns can do with; a share of the table counts as 12. */
export function roomOf(columns: string[], times: TimeStyle): number {
  const widths = columns.map((column) => widthOf(column, times));
  return widths.reduce((sum, width) => sum + (width.endsWith("%") ? 12 : Number.parseFloat(width)), 34);
}
