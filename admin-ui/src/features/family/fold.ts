/** A family of runs as lines of a tree, in which long rows of the same outcome stand as one line. */
import type { LineageItem } from "@/lib/api";

interface Place {
  id: string;
  /** The line above it in the tree; null for the root, and for a run whose parent is not there. */
  parent: string | null;
  depth: number;
}

/** A run, or several that stand together until somebody opens them. */
export type FamilyLine = Place & ({ run: LineageItem; fold?: never } | { run?: never; fold: Fold });

export interface Fold {
  outcome: Outcome;
  runs: LineageItem[];
}

export type Outcome = "failed" | "cancelled" | "completed" | "deleted";

/** From how many on they are folded: a few failed tries say little, a few results may be what is looked for. */
const FOLDED_FROM: Record<Outcome, number> = { failed: 3, cancelled: 3, deleted: 3, completed: 6 };

/** Each run below the one it repeats. `kept` are never folded, and neither are folds whose id is `opened`. */
export function familyLines(
  items: LineageItem[],
  kept: ReadonlySet<string>,
  opened: ReadonlySet<string>,
): FamilyLine[] {
  const family = new Family(items, kept, opened);
  const lines: FamilyLine[] = [];
  const open = family.below(null, null, 0).reverse();
  for (let line = open.pop(); line; line = open.pop()) {
    lines.push(line);
    const last = line.fold ? line.fold.runs.at(-1) : line.run;
    if (last) open.push(...family.below(last.thread_id, line.id, line.depth + 1).reverse());
  }
  return lines;
}

class Family {
  private readonly children = new Map<string | null, LineageItem[]>();
  /** Runs of chains that somebody has opened: their rest is no chain of its own. */
  private readonly shown = new Set<string>();

  constructor(
    items: LineageItem[],
    private readonly kept: ReadonlySet<string>,
    private readonly opened: ReadonlySet<string>,
  ) {
    const known = new Set(items.map((run) => run.thread_id));
    for (const run of items) {
      const parent = run.parent_thread_id && known.has(run.parent_thread_id) ? run.parent_thread_id : null;
      const siblings = this.children.get(parent);
      if (siblings) siblings.push(run);
      else this.children.set(parent, [run]);
    }
  }

  /** The lines right below a run, oldest first. */
  below(runId: string | null, parent: string | null, depth: number): FamilyLine[] {
    const siblings = this.children.get(runId) ?? [];
    const folds = runId === null ? new Map<string, Fold | null>() : this.foldedSiblings(siblings);
    return siblings.flatMap((run): FamilyLine[] => {
      const id = run.thread_id;
      const fold = folds.has(id) ? folds.get(id) : this.chain(run);
      if (fold === null) return [];
      return [fold ? { id: foldId(fold), parent, depth, fold } : { id, parent, depth, run }];
    });
  }

  /** Siblings without reruns that ended alike: the first of them stands for all, null for the others. */
  private foldedSiblings(siblings: LineageItem[]): Map<string, Fold | null> {
    const alike = new Map<Outcome, LineageItem[]>();
    for (const run of siblings) {
      const outcome = this.outcome(run);
      if (!outcome || this.children.has(run.thread_id)) continue;
      const others = alike.get(outcome);
      if (others) others.push(run);
      else alike.set(outcome, [run]);
    }
    const folds = new Map<string, Fold | null>();
    for (const [outcome, runs] of alike) {
      const fold = { outcome, runs };
      if (!this.isFolded(fold)) continue;
      runs.forEach(({ thread_id }, index) => {
        folds.set(thread_id, index === 0 ? fold : null);
      });
    }
    return folds;
  }

  /** A run, its only rerun, the only one of that, as long as they end alike. */
  private chain(first: LineageItem): Fold | undefined {
    const outcome = this.outcome(first);
    if (!outcome) return undefined;
    const runs: LineageItem[] = [];
    for (let next: LineageItem | undefined = first; next; ) {
      const below: LineageItem[] = this.children.get(next.thread_id) ?? [];
      if (this.outcome(next) !== outcome || below.length > 1) break;
      runs.push(next);
      next = below[0];
    }
    const fold = { outcome, runs };
    if (this.isFolded(fold)) return fold;
    if (this.opened.has(foldId(fold))) for (const { thread_id } of runs) this.shown.add(thread_id);
    return undefined;
  }

  private isFolded(fold: Fold): boolean {
    return fold.runs.length >= FOLDED_FROM[fold.outcome] && !this.opened.has(foldId(fold));
  }

  /** How a run ended; null where it has not, or must be seen. */
  private outcome({ thread_id, status, deleted_at }: LineageItem): Outcome | null {
    if (this.kept.has(thread_id) || this.shown.has(thread_id)) return null;
    if (deleted_at) return "deleted";
    return status === "failed" || status === "cancelled" || status === "completed" ? status : null;
  }
}

/** Stays the same while the fold grows. */
export function foldId({ outcome, runs }: Fold): string {
  return `${outcome} ${runs[0]?.thread_id}`;
}
