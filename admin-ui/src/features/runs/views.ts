/** Views of the list that somebody has named; this browser keeps them. */
import { isObject, parseJson, writeJson } from "@/lib/json";
import { store, stored } from "@/lib/stored";
import { type RunSearch, validRunSearch } from "./run-search";

export interface View {
  name: string;
  /** The filter, the columns, and whether families are folded. */
  search: RunSearch;
}

const KEY = "asf-run-views";

/** What was stored by this or another version; what can't be read is left out. */
export function readViews(): View[] {
  const text = stored(KEY);
  if (text === null) return [];
  try {
    const found = parseJson(text);
    if (!Array.isArray(found)) return [];
    return found.flatMap((view) =>
      isObject(view) && typeof view.name === "string" && isObject(view.search)
        ? [{ name: view.name, search: validRunSearch(view.search) }]
        : [],
    );
  } catch {
    return [];
  }
}

/** Stores a view under its name, in place of one that has it. */
export function saveView(view: View): View[] {
  const next = [...readViews().filter(({ name }) => name !== view.name), view].sort((a, b) =>
    a.name.localeCompare(b.name),
  );
  store(KEY, writeJson(next));
  return next;
}

export function removeView(name: string): View[] {
  const next = readViews().filter((view) => view.name !== name);
  store(KEY, next.length > 0 ? writeJson(next) : null);
  return next;
}

/** Whether a search is that of a view. */
export function isView({ search }: View, now: RunSearch): boolean {
  const text = (of: RunSearch) =>
    writeJson(
      Object.entries(of)
        .filter(([key, value]) => value && key !== "rerun")
        .sort(),
    );
  return text(search) === text(now);
}
