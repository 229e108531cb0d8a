/** Which skills of the catalogue are shown, in which order, and what was said about each. */
import type { Diagnostic, Skill } from "@/lib/api";
import { textsOf } from "@/lib/search";

export interface SkillsSearch {
  /** Words of the name, the description or a data path. */
  q?: string;
  /** How it is carried out: llm, rest, python, human. */
  kind?: string;
  /** `problems`: only skills that the loader has something to say about. */
  only?: string;
}

export const validSkillsSearch = (search: Record<string, unknown>): SkillsSearch =>
  textsOf(search, ["q", "kind", "only"]);

export interface CatalogueRow {
  skill: Skill;
  /** Without what is only for information. */
  problems: Diagnostic[];
}

export interface Unread {
  name: string;
  problems: Diagnostic[];
}

const LEVELS = ["error", "warning", "info"];

/** Errors first. */
export function byLevel(items: readonly Diagnostic[]): Diagnostic[] {
  return [...items].sort((left, right) => LEVELS.indexOf(left.level) - LEVELS.indexOf(right.level));
}

const isProblem = ({ level }: Diagnostic) => level === "error" || level === "warning";
const folderOf = ({ source }: Skill) => source?.replace(/\/+$/, "").split("/").pop();

/** All skills with what was said about each; what belongs to none of them could not be read. */
export function catalogueOf(
  skills: readonly Skill[],
  diagnostics: readonly Diagnostic[],
): { rows: CatalogueRow[]; unread: Unread[] } {
  const rows = skills.map((skill) => ({
    skill,
    problems: byLevel(
      diagnostics.filter(
        (one) => isProblem(one) && (one.skill === skill.name || one.skill === folderOf(skill)),
      ),
    ),
  }));
  const told = new Set(rows.flatMap(({ problems }) => problems));
  const rest = diagnostics.filter((one) => isProblem(one) && !told.has(one));
  const names = [...new Set(rest.map(({ skill }) => skill))];
  return {
    rows,
    unread: names.map((name) => ({ name, problems: byLevel(rest.filter(({ skill }) => skill === name)) })),
  };
}

/** The rows that a search leaves, pinned ones first. */
export function shownRows(
  rows: readonly CatalogueRow[],
  { q, kind, only }: SkillsSearch,
  pins: readonly string[],
): CatalogueRow[] {
  const words = (q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ skill, problems }: CatalogueRow) => {
    const text = [skill.name, skill.description, skill.source, ...skill.requires, ...skill.optional]
      .concat(skill.produces, skill.may_produce)
      .join("\n")
      .toLowerCase();
    return (
      (!kind || skill.executor === kind) &&
      (only !== "problems" || problems.length > 0) &&
      words.every((word) => text.includes(word))
    );
  };
  const rank = ({ skill }: CatalogueRow) => (pins.includes(skill.name) ? 0 : 1);
  return rows.filter(fits).sort((left, right) => rank(left) - rank(right));
}
