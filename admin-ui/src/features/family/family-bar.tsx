/** Above the family: how it is drawn, where to jump, and which two runs to compare. */
import { Link } from "@tanstack/react-router";
import { CornerLeftUp, GitCompareArrows, ListTree, Network, X } from "lucide-react";
import type { ReactNode } from "react";
import { buttonLook } from "@/components/button";
import { IconButton } from "@/components/icon-button";
import type { LineageItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { shortName } from "./naming";
import type { Picks } from "./picks";

export type FamilyView = "tree" | "graph";

interface FamilyBarProps {
  runs: LineageItem[];
  here: string;
  root: string;
  view: FamilyView;
  onView: (view: FamilyView) => void;
  picks: Picks;
  /** Folds again what was opened; absent while nothing is. */
  onFold?: (() => void) | undefined;
}

export function FamilyBar({ runs, here, root, view, onView, picks, onFold }: FamilyBarProps) {
  const parent = runs.find(({ thread_id }) => thread_id === here)?.parent_thread_id;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-5 py-2 text-[0.8125rem] max-md:px-4">
      <fieldset aria-label="Draw as" className="flex rounded-lg bg-sunken p-0.5">
        <ViewButton on={view === "tree"} icon={<ListTree aria-hidden />} onClick={() => onView("tree")}>
          Tree
        </ViewButton>
        <ViewButton on={view === "graph"} icon={<Network aria-hidden />} onClick={() => onView("graph")}>
          Graph
        </ViewButton>
      </fieldset>
      {parent && (
        <Jump to={parent} hint="p">
          Parent {shortName(parent, root) === root ? "" : shortName(parent, root)}
        </Jump>
      )}
      {here !== root && (
        <Jump to={root} hint="t">
          First run
        </Jump>
      )}
      {onFold && (
        <button type="button" onClick={onFold} className="font-medium text-accent hover:underline">
          Fold again
        </button>
      )}
      <Picked picks={picks} runs={runs} root={root} />
    </div>
  );
}

interface ViewButtonProps {
  on: boolean;
  icon: ReactNode;
  onClick: () => void;
  children: ReactNode;
}

function ViewButton({ on, icon, onClick, children }: ViewButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={onClick}
      className={cx(
        "inline-flex items-center gap-1.5 rounded-md px-2.5 py-1 font-medium [&_svg]:size-3.5",
        on ? "bg-surface text-ink shadow-card" : "text-ink-soft hover:text-ink",
      )}
    >
      {icon}
      {children}
    </button>
  );
}

function Jump({ to, hint, children }: { to: string; hint: string; children: ReactNode }) {
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: to }}
      title={`Open ${to} (${hint})`}
      className="inline-flex items-center gap-1 font-medium text-accent hover:underline"
    >
      <CornerLeftUp aria-hidden className="size-3.5" />
      {children}
      <kbd className="rounded border px-1 font-sans text-2xs text-ink-faint max-md:hidden">{hint}</kbd>
    </Link>
  );
}

/** What is picked; the older of two stands on the left, as what the other one is measured by. */
function Picked({ picks, runs, root }: { picks: Picks; runs: LineageItem[]; root: string }) {
  const picked = runs.filter(({ thread_id }) => picks.has(thread_id)).map(({ thread_id }) => thread_id);
  const [left, right] = picked;
  const comparable = runs.filter(({ deleted_at }) => !deleted_at).length;
  const named = (id: string) => (id === root ? "the first run" : shortName(id, root));
  return (
    <div aria-live="polite" className="ml-auto flex min-h-8 items-center gap-2 max-md:ml-0">
      {left === undefined && comparable > 1 && (
        <span className="text-ink-faint">Tick two runs to compare them</span>
      )}
      {left !== undefined && right === undefined && (
        <span className="text-ink-soft">Tick one more to compare with {named(left)}</span>
      )}
      {left !== undefined && right !== undefined && (
        <Link to="/compare" search={{ left, right }} className={buttonLook("primary", "sm")}>
          <GitCompareArrows aria-hidden /> Compare {named(left)} with {named(right)}
        </Link>
      )}
      {left !== undefined && (
        <IconButton label="Untick" onClick={picks.clear}>
          <X aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
