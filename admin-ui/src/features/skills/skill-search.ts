/** What the page of a skill keeps in its URL. */
import type { RunSearch } from "@/features/runs/run-search";
import { oneOf, textsOf } from "@/lib/search";

export type SkillTab = "about" | "try" | "runs" | "versions";
const TABS: readonly SkillTab[] = ["about", "try", "runs", "versions"];

export interface SkillSearch {
  part?: SkillTab;
  /** Digest of the version that is shown; none: the current one. */
  version?: string;
  /** Versions that are compared. */
  left?: string;
  right?: string;
  /** The version whose runs are shown. */
  used?: string;
  /** Where the values of a try come from: `run:ID`, an example, `none`. */
  fill?: string;
  /** The run that tried the skill last. */
  tried?: string;
}

export function validSkillSearch(search: Record<string, unknown>): SkillSearch {
  return {
    ...textsOf(search, ["version", "left", "right", "used", "fill", "tried"]),
    part: oneOf(search.part, TABS),
  };
}

/** Links that name two versions mean their difference. */
export function tabOf({ part, left, tried }: SkillSearch): SkillTab {
  return part ?? (tried ? "try" : left ? "versions" : "about");
}

/** The list of runs in which a skill, or one version of it, was used. */
export function runsOf(name: string, digest?: string): RunSearch & { skill: string } {
  return { skill: digest ? `${name}@${digest.slice(0, 12)}` : name };
}
