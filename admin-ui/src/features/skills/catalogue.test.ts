import { describe, expect, it } from "vitest";
import type { Diagnostic, Skill } from "@/lib/api";
import { catalogueOf, shownRows } from "./catalogue";

const skill = (name: string, more: Partial<Skill> = {}) =>
  ({
    name,
    description: `Does ${name}.`,
    executor: "python",
    requires: [],
    optional: [],
    produces: [],
    may_produce: [],
    source: `/skills/${name}`,
    ...more,
  }) as unknown as Skill;
const said = (about: string, level: string, message = "m") =>
  ({ skill: about, level, message, code: "c", file: `${about}/SKILL.md`, line: 3 }) as Diagnostic;

describe("the catalogue", () => {
  it("gives each skill what was said about its name or folder, errors first", () => {
    const { rows, unread } = catalogueOf(
      [skill("pay"), skill("fetch", { source: "/skills/fetching/" })],
      [said("pay", "warning"), said("pay", "error"), said("pay", "info"), said("fetching", "warning")],
    );
    expect(rows.map(({ problems }) => problems.map(({ level }) => level))).toEqual([
      ["error", "warning"],
      ["warning"],
    ]);
    expect(unread).toEqual([]);
  });

  it("keeps what could not be read apart", () => {
    const { rows, unread } = catalogueOf(
      [skill("pay")],
      [said("broken", "error"), said("broken", "warning")],
    );
    expect(rows[0]?.problems).toEqual([]);
    expect(unread.map(({ name, problems }) => [name, problems.length])).toEqual([["broken", 2]]);
  });

  const rows = catalogueOf(
    [
      skill("check"),
      skill("pay", { executor: "rest", requires: ["order.id"] }),
      skill("tell", { executor: "llm" }),
    ],
    [said("tell", "warning")],
  ).rows;
  const names = (search: Parameters<typeof shownRows>[1], pins: string[] = []) =>
    shownRows(rows, search, pins).map(({ skill: { name } }) => name);

  it("finds words in names, descriptions and paths, all of them", () => {
    expect(names({ q: "ORDER" })).toEqual(["pay"]);
    expect(names({ q: "does order" })).toEqual(["pay"]);
    expect(names({ q: "does nothing" })).toEqual([]);
  });

  it("narrows by kind and by problems, and puts pinned ones first", () => {
    expect(names({ kind: "llm" })).toEqual(["tell"]);
    expect(names({ only: "problems" })).toEqual(["tell"]);
    expect(names({}, ["tell", "gone"])).toEqual(["tell", "check", "pay"]);
  });
});
