/** The list from the keyboard: j and k move through the rows, Enter opens, x selects, r reruns. */
import { useNavigate } from "@tanstack/react-router";
import type { RefObject } from "react";
import type { RunItem } from "@/lib/api";
import { useShortcut } from "@/lib/shortcut";
import type { RowActions } from "./run-row";
import type { TableHandle } from "./runs-table";

interface ListKeys {
  runs: RunItem[];
  /** The row that has, or last had, the focus. */
  active: RefObject<RunItem | null>;
  table: RefObject<TableHandle | null>;
  actions: RowActions;
}

export function useListKeys({ runs, active, table, actions }: ListKeys): void {
  const navigate = useNavigate();
  const on = runs.length > 0;
  const place = () => runs.findIndex(({ thread_id }) => thread_id === active.current?.thread_id);
  const move = (by: 1 | -1) => {
    const from = place();
    const to = from < 0 ? 0 : Math.min(runs.length - 1, Math.max(0, from + by));
    // The focus follows within a few frames; the next key may come sooner.
    active.current = runs[to] ?? null;
    table.current?.focus(to);
  };
  const withRun = (act: (run: RunItem) => void) => () => {
    const run = runs[place()];
    if (run) act(run);
  };
  useShortcut("j", "Next run", () => move(1), on);
  useShortcut("k", "Previous run", () => move(-1), on);
  useShortcut(
    "o",
    "Open the run",
    withRun(({ thread_id }) => void navigate({ to: "/runs/$threadId", params: { threadId: thread_id } })),
    on,
  );
  useShortcut(
    "x",
    "Select the run",
    withRun((run) => actions.onSelect(run, false)),
    on,
  );
  useShortcut(
    "r",
    "Rerun the run",
    withRun((run) => {
      if (run.rerunnable !== "no") actions.onRerun(run);
    }),
    on,
  );
}
