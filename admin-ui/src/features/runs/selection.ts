/** Which runs of the list are selected: some by name, or all that the filter finds. */

export interface Selection {
  /** All that match the filter, on whatever page; the ids say nothing then. */
  all: boolean;
  /** In the order in which they were selected. */
  ids: readonly string[];
  /** The one that was marked last, from where a range goes. */
  last: string | null;
}

export const NONE: Selection = { all: false, ids: [], last: null };

export function isSelected({ all, ids }: Selection, id: string): boolean {
  return all || ids.includes(id);
}

export function isEmpty({ all, ids }: Selection): boolean {
  return !all && ids.length === 0;
}

/** Marks or unmarks a run; `through` takes along those between it and the one marked before. */
export function toggled(
  selection: Selection,
  id: string,
  page: readonly string[],
  through: boolean,
): Selection {
  // Whoever takes one out of "all" goes on with those in sight.
  const ids = selection.all ? page : selection.ids;
  if (isSelected(selection, id)) return { all: false, ids: ids.filter((other) => other !== id), last: id };
  const from = through && selection.last !== null ? page.indexOf(selection.last) : -1;
  const to = page.indexOf(id);
  const range = from < 0 || to < 0 ? [id] : page.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { all: false, ids: added(ids, range), last: id };
}

/** Marks or unmarks all of a page; what is selected on other pages stays. */
export function pageToggled(selection: Selection, page: readonly string[], on: boolean): Selection {
  if (on) return { all: false, ids: added(selection.ids, page), last: null };
  return selection.all ? NONE : { all: false, ids: without(selection.ids, page), last: null };
}

export const everything: Selection = { all: true, ids: [], last: null };

function added(ids: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...ids, ...more])];
}

function without(ids: readonly string[], less: readonly string[]): string[] {
  const out = new Set(less);
  return ids.filter((id) => !out.has(id));
}
