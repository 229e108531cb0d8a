/** The rows of the list of steps: each decision, and below it what it had carried out. */
import type { RunDetail, Step } from "@/lib/api";

export const STEP_KINDS = ["failed", "executed", "reused"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface StepRow {
  step: Step;
  /** 1 for a decision, 2 below it. */
  level: 1 | 2;
  /** Of a decision: how many steps stand below it, and whether they are shown. */
  below: number;
  open: boolean;
  /** Place among its equals, from 1, and how many these are. */
  place: number;
  of: number;
}

export interface StepFilter {
  find?: string | undefined;
  only?: StepKind | undefined;
}

/** Whether a step is of the kind; decisions are of none, unless they failed. */
export function isKind(step: Step, kind: StepKind): boolean {
  if (kind === "failed") return step.status === "failed";
  if (step.kind === "decision") return false;
  return kind === "reused" ? step.reused_from !== null : step.reused_from === null;
}

export function countKinds(steps: Step[]): Record<StepKind, number> {
  const count = (kind: StepKind) => steps.filter((step) => isKind(step, kind)).length;
  return { failed: count("failed"), executed: count("executed"), reused: count("reused") };
}

/** Whether the text stands in what a reader sees of the step: name, number, reason, error, data paths. */
function says(step: Step, text: string): boolean {
  const places = [
    step.skill,
    `#${step.seq}`,
    step.reason,
    step.error?.message,
    step.error?.type,
    ...Object.keys(step.inputs ?? {}),
    ...pathsOf(step),
  ];
  return places.some((place) => place?.toLowerCase().includes(text));
}

function pathsOf({ kind, outputs }: Step): string[] {
  if (kind === "decision") return [];
  return Object.entries(outputs ?? {}).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value).map((inner) => `${key}.${inner}`)
      : [key],
  );
}

/** The rows to show. While something is filtered, nothing that matches stays hidden in a closed decision. */
export function stepRows(steps: Step[], closed: ReadonlySet<number>, filter: StepFilter): StepRow[] {
  const text = filter.find?.trim().toLowerCase();
  const filtered = text !== undefined || filter.only !== undefined;
  const fits = (step: Step) =>
    (filter.only === undefined || isKind(step, filter.only)) && (!text || says(step, text));
  const groups = groupsOf(steps)
    .map(({ decision, below }) => ({
      decision,
      below: below.filter(fits),
      shown: decision !== null && fits(decision),
    }))
    .filter(({ below, shown }) => below.length > 0 || shown);
  const decisions = groups.filter(({ decision }) => decision !== null).length;
  let place = 0;
  return groups.flatMap(({ decision, below }) => {
    const open = filtered || decision === null || !closed.has(decision.seq);
    const head: StepRow[] =
      decision === null
        ? []
        : [{ step: decision, level: 1, below: below.length, open, place: ++place, of: decisions }];
    const rest = open ? below : [];
    return [
      ...head,
      ...rest.map(
        (step, index): StepRow => ({
          step,
          level: 2,
          below: 0,
          open: true,
          place: index + 1,
          of: below.length,
        }),
      ),
    ];
  });
}

interface Group {
  decision: Step | null;
  below: Step[];
}

function groupsOf(steps: Step[]): Group[] {
  const groups = new Map<number, Group>();
  for (const step of steps) {
    const group = groups.get(step.decision) ?? { decision: null, below: [] };
    groups.set(step.decision, group);
    if (step.kind === "decision") group.decision = step;
    else group.below.push(step);
  }
  return [...groups.values()];
}

/** The seq of the step that a reader looks for: the one asked for, else what failed, else what waits. */
export function lookedFor(
  at: number | undefined,
  { error, waiting }: Pick<RunDetail, "error" | "waiting">,
): number | undefined {
  return at ?? error?.seq ?? waiting?.[0]?.step;
}

/** What was carried out first, where nobody looks for anything in particular. */
export function firstLook(steps: Step[]): Step | undefined {
  return steps.find(({ kind }) => kind !== "decision") ?? steps[0];
}
