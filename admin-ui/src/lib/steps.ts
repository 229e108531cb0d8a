/** Steps of one run from several answers. */
import type { Step } from "./api";

/** All of them in order of seq, each in its newest version. */
export function mergeSteps(known: Step[], more: Step[]): Step[] {
  const newest = new Map(known.map((step) => [step.seq, step]));
  let inOrder = true;
  for (const step of more) {
    const before = newest.get(step.seq);
    if (before && before.version > step.version) continue;
    if (!before) inOrder = false;
    newest.set(step.seq, step);
  }
  const merged = [...newest.values()];
  return inOrder ? merged : merged.sort((left, right) => left.seq - right.seq);
}
