/** What differs between the plan that was shown and the one as it is now. */
import type { Plan, PlanEffect, PlanStep } from "@/lib/api";

export interface PlanChange {
  what: string;
  /** null: not in this plan */
  before: string | null;
  after: string | null;
}

export const SAID: Record<PlanStep["action"], string> = {
  reuse: "reused",
  execute: "executed",
  open: "open",
};

export const EFFECT_SAID: Record<PlanEffect["state"], string> = {
  not_repeated: "not repeated",
  needs_consent: "would happen again, needs consent",
  happens_again: "happens again, as agreed",
  in_doubt: "in doubt",
  may_happen: "happens",
  stands_in: "nothing goes out",
};

/** All that a reader of the first plan would want to know of the second. */
export function planChanges(before: Plan, after: Plan): PlanChange[] {
  return [
    ...differing(stepLines(before), stepLines(after)),
    ...differing(effectLines(before), effectLines(after)),
    ...differing(versionLines(before), versionLines(after)),
    ...differing(endLine(before), endLine(after)),
  ];
}

function differing(before: Map<string, string>, after: Map<string, string>): PlanChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((what) => {
    const [left, right] = [before.get(what) ?? null, after.get(what) ?? null];
    return left === right ? [] : [{ what, before: left, after: right }];
  });
}

/** Steps by what they do for the how manieth time: numbers shift when one comes in between. */
function stepLines({ steps }: Plan): Map<string, string> {
  const counts = new Map<string, number>();
  const lines = steps
    .filter(({ kind }) => kind !== "decision")
    .map((step): [string, string] => {
      const name = step.kind === "approval" ? `approval of ${step.skill}` : (step.skill ?? "");
      const nth = (counts.get(name) ?? 0) + 1;
      counts.set(name, nth);
      return [nth > 1 ? `${name}, time ${nth}` : name, `${SAID[step.action]}: ${step.reason}`];
    });
  return new Map(lines);
}

function effectLines({ effects }: Plan): Map<string, string> {
  return new Map(
    effects.map(({ skill, state, receipt }) => [
      `effect of ${skill}`,
      receipt ? `${EFFECT_SAID[state]}, done by ${receipt.thread_id}` : EFFECT_SAID[state],
    ]),
  );
}

function versionLines({ versions }: Plan): Map<string, string> {
  return new Map(versions.map(({ skill, rerun }) => [`version of ${skill}`, rerun?.slice(0, 12) ?? "gone"]));
}

function endLine({ ends }: Plan): Map<string, string> {
  return new Map(ends ? [["end", ends.message]] : []);
}
