/** The family of a run as a tree; what is folded opens with a click. */
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { FamilyRow, Indent } from "./family-row";
import type { FamilyLine, Fold } from "./fold";
import { foldRange, foldText } from "./naming";
import type { Picks } from "./picks";

/** So many rows at once, and so many above the run itself where it stands far down. */
const SOME = 60;
const ABOVE = 20;

interface FamilyTreeProps {
  lines: FamilyLine[];
  root: string;
  /** The run whose page it is. */
  here: string;
  picks: Picks;
  onOpen: (foldId: string) => void;
}

export function FamilyTree({ lines, root, here, picks, onOpen }: FamilyTreeProps) {
  const [{ from, to }, setRange] = useState(() => {
    const place = lines.findIndex(({ id }) => id === here);
    const from = place < SOME ? 0 : place - ABOVE;
    return { from, to: from + SOME };
  });
  const visible = lines.slice(from, to);
  const runs = lines.flatMap(({ run, fold }) => (fold ? fold.runs : run));
  const deleted = new Set(runs.filter(({ deleted_at }) => deleted_at).map(({ thread_id }) => thread_id));
  return (
    <>
      {from > 0 && (
        <More count={from} where="above" onMore={() => setRange({ from: Math.max(0, from - SOME), to })} />
      )}
      <ol aria-label="Family" className="divide-y">
        {visible.map((line) =>
          line.fold ? (
            <FoldedRow
              key={line.id}
              fold={line.fold}
              depth={line.depth}
              root={root}
              onOpen={() => onOpen(line.id)}
            />
          ) : (
            <FamilyRow
              key={line.id}
              run={line.run}
              depth={line.depth}
              root={root}
              here={line.id === here}
              parentDeleted={deleted.has(line.run.parent_thread_id ?? "")}
              picks={picks}
            />
          ),
        )}
      </ol>
      {to < lines.length && (
        <More count={lines.length - to} where="below" onMore={() => setRange({ from, to: to + SOME })} />
      )}
    </>
  );
}

interface MoreProps {
  count: number;
  where: "above" | "below";
  onMore: () => void;
}

function More({ count, where, onMore }: MoreProps) {
  return (
    <div className={where === "above" ? "border-b p-3 text-center" : "border-t p-3 text-center"}>
      <Button size="sm" onClick={onMore}>
        Show more ({count.toLocaleString("en")} {where})
      </Button>
    </div>
  );
}

interface FoldedRowProps {
  fold: Fold;
  depth: number;
  root: string;
  onOpen: () => void;
}

function FoldedRow({ fold, depth, root, onOpen }: FoldedRowProps) {
  return (
    <li data-fold={fold.outcome} data-depth={depth} className="flex gap-2 px-5 max-md:px-4">
      <span aria-hidden className="w-6 shrink-0" />
      <Indent depth={depth} />
      <button
        type="button"
        aria-expanded={false}
        onClick={onOpen}
        className="my-1.5 -ml-1 inline-flex min-h-8 min-w-0 items-center gap-1.5 rounded-md px-1.5 text-left text-[0.8125rem] hover:bg-hover"
      >
        <ChevronRight aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <span className="font-medium">{foldText(fold)}</span>
        <span className="truncate text-ink-faint">{foldRange(fold, root)}</span>
      </button>
    </li>
  );
}
