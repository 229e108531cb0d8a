/** A family of runs as lines of a tree. */
import { isPreset, PRESETS } from "@/features/rerun/presets";
import type { LineageItem } from "@/lib/api";

export interface TreeLine {
  run: LineageItem;
  /** 0 for the root, and for a run whose parent is not there. */
  depth: number;
}

/** Each run below the one it repeats; runs of one parent in the order they are given in. */
export function treeLines(items: LineageItem[]): TreeLine[] {
  const known = new Set(items.map((run) => run.thread_id));
  const below = new Map<string | null, LineageItem[]>();
  for (const run of items) {
    const parent = run.parent_thread_id && known.has(run.parent_thread_id) ? run.parent_thread_id : null;
    below.set(parent, [...(below.get(parent) ?? []), run]);
  }
  const lines: TreeLine[] = [];
  const open = (below.get(null) ?? []).map((run) => ({ run, depth: 0 })).reverse();
  for (let line = open.pop(); line; line = open.pop()) {
    lines.push(line);
    const { depth } = line;
    open.push(...(below.get(line.run.thread_id) ?? []).map((run) => ({ run, depth: depth + 1 })).reverse());
  }
  return lines;
}

/** "#3" for a rerun of this family, else its id. */
export function shortName(threadId: string, root: string): string {
  const number = threadId.startsWith(`${root}_rerun_`) ? threadId.slice(`${root}_rerun_`.length) : "";
  return /^\d+$/.test(number) ? `#${number}` : threadId;
}

/** Whether nothing goes out in a run: what it did looks like success, and is none in the world. */
export function isDry(run: LineageItem): boolean {
  return run.dry ?? run.preset === "what-if";
}

/** How a run came to be, in words. */
export function presetWord(run: LineageItem): string {
  if (!run.parent_thread_id) return "First run";
  const preset = run.preset ?? undefined;
  const word = isPreset(preset) ? PRESETS[preset].word : "Own settings";
  return run.effects === "repeat" ? `${word}, effects repeat` : word;
}
