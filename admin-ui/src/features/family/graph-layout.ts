/** Where the lines of a family stand in the graph, and what connects them. */
import { hierarchy, tree } from "d3-hierarchy";
import type { FamilyLine } from "./fold";

export const NODE = { width: 232, height: 72 };
const GAP = { beside: 64, below: 16 };

export interface Placed {
  line: FamilyLine;
  x: number;
  y: number;
}

interface Branch {
  line: FamilyLine | null;
  children: Branch[];
}

/** From left to right as runs repeat each other, from top to bottom as they were asked for. */
export function placed(lines: FamilyLine[]): Placed[] {
  const root = hierarchy(branchesOf(lines), ({ children }) => children);
  tree<Branch>()
    .nodeSize([NODE.height + GAP.below, NODE.width + GAP.beside])
    .separation(() => 1)(root);
  const found: Placed[] = [];
  root.each(({ data: { line }, x, y }) => {
    if (line) found.push({ line, x: y ?? 0, y: x ?? 0 });
  });
  return found;
}

/** All below one that is not shown, since a family may have lost its root. */
function branchesOf(lines: FamilyLine[]): Branch {
  const top: Branch = { line: null, children: [] };
  const branches = new Map<string | null, Branch>([[null, top]]);
  for (const line of lines) {
    const branch = { line, children: [] };
    branches.set(line.id, branch);
    branches.get(line.parent)?.children.push(branch);
  }
  return top;
}

export interface Connection {
  from: string;
  to: string;
  /** It lies between a failed run and the later one that did what it had failed to do. */
  fixes: boolean;
}

export function connections(lines: FamilyLine[]): Connection[] {
  const fixing = fixingLines(lines);
  return lines.flatMap(({ id, parent }) =>
    parent === null ? [] : [{ from: parent, to: id, fixes: fixing.has(id) }],
  );
}

/** Lines from a fix (with it) up to the first run that it has fixed (without it). */
function fixingLines(lines: FamilyLine[]): Set<string> {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const lineOf = new Map(lines.flatMap((line) => runsOf(line).map((run) => [run.thread_id, line] as const)));
  const fixed = new Map<string, Set<string>>();
  for (const line of lines) {
    for (const { fixed_by: by } of runsOf(line)) {
      if (by) fixed.set(by, (fixed.get(by) ?? new Set()).add(line.id));
    }
  }
  const fixing = new Set<string>();
  for (const [by, below] of fixed) {
    let seen: string[] = [];
    for (let line = lineOf.get(by); line; line = line.parent === null ? undefined : byId.get(line.parent)) {
      if (below.has(line.id)) {
        for (const id of seen) fixing.add(id);
        seen = [];
      }
      seen.push(line.id);
    }
  }
  return fixing;
}

/** The lines that are fewest reruns away from this run, in the order they are given in. */
export function nearest(lines: FamilyLine[], here: string, most: number): FamilyLine[] {
  if (lines.length <= most) return lines;
  const byId = new Map(lines.map((line) => [line.id, line]));
  const below = new Map<string, string[]>();
  for (const { id, parent } of lines) {
    if (parent === null) continue;
    const siblings = below.get(parent);
    if (siblings) siblings.push(id);
    else below.set(parent, [id]);
  }
  const chosen = new Set(byId.has(here) ? [here] : lines.slice(0, 1).map(({ id }) => id));
  for (const id of chosen) {
    const parent = byId.get(id)?.parent;
    const next = [...(parent == null ? [] : [parent]), ...(below.get(id) ?? [])];
    for (const one of next) if (chosen.size < most) chosen.add(one);
    if (chosen.size >= most) break;
  }
  return lines.filter(({ id }) => chosen.has(id));
}

export function runsOf(line: FamilyLine) {
  return line.fold ? line.fold.runs : [line.run];
}
