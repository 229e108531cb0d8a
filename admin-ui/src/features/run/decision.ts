/** What a decision says, in one line. */
import type { Step } from "@/lib/api";
import { isObject } from "@/lib/json";

export function headline({ outputs, status }: Step): string {
  if (status === "started") return "Deciding what comes next…";
  if (status === "failed") return "No decision";
  if (status === "waiting") return "Will decide again";
  if (outputs?.finish) return "Finished";
  if (outputs?.give_up) return "Gave up";
  const chosen = namesIn(outputs?.run);
  return chosen.length > 1 ? `Chose ${chosen.length} skills, side by side` : `Chose ${chosen[0] ?? "a step"}`;
}

/** It was taken like any other decision; "completed" would read as if all had gone well. */
export function gaveUp({ kind, outputs }: Step): boolean {
  return kind === "decision" && Boolean(outputs?.give_up);
}

/** The skills named in a part of a decision's outputs. */
export function namesIn(value: unknown): string[] {
  const list = isObject(value) ? value.skills : value;
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

/** A step's name in lists. */
export function nameOf(step: Step): string {
  if (step.kind === "decision") return headline(step);
  return step.kind === "approval" ? `Approval of ${step.skill}` : (step.skill ?? `Step ${step.seq}`);
}
