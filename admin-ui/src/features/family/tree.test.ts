import { describe, expect, it } from "vitest";
import type { LineageItem } from "@/lib/api";
import { isDry, presetWord, shortName, treeLines } from "./tree";

const run = (thread_id: string, parent_thread_id: string | null, preset: string | null = null) =>
  ({ thread_id, parent_thread_id, preset }) as LineageItem;

describe("treeLines", () => {
  it("puts each run below the one it repeats", () => {
    const family = [run("a", null), run("a1", "a"), run("a2", "a1"), run("a3", "a"), run("a4", "a1")];
    expect(treeLines(family).map(({ run, depth }) => [run.thread_id, depth])).toEqual([
      ["a", 0],
      ["a1", 1],
      ["a2", 2],
      ["a4", 2],
      ["a3", 1],
    ]);
  });

  it("shows a run whose parent is not there", () => {
    expect(treeLines([run("b", "lost")]).map(({ depth }) => depth)).toEqual([0]);
  });

  it("takes a long chain", () => {
    const chain = Array.from({ length: 5000 }, (_, n) => run(`r${n}`, n ? `r${n - 1}` : null));
    expect(treeLines(chain).at(-1)?.depth).toBe(4999);
  });
});

it("names reruns by number only within their family", () => {
  expect(shortName("order-42_rerun_3", "order-42")).toBe("#3");
  expect(shortName("order-42_rerun_x", "order-42")).toBe("order-42_rerun_x");
  expect(shortName("other", "order-42")).toBe("other");
});

it("says how a run came to be", () => {
  expect(presetWord(run("a", null))).toBe("First run");
  expect(presetWord(run("a1", "a", "from-failure"))).toBe("From failure");
  expect(presetWord(run("a1", "a"))).toBe("Own settings");
  expect(presetWord({ ...run("a1", "a"), effects: "repeat" })).toBe("Own settings, effects repeat");
});

it("knows the runs in which nothing went out", () => {
  expect(isDry(run("a1", "a", "what-if"))).toBe(true);
  expect(isDry({ ...run("a1", "a"), dry: true })).toBe(true);
  expect(isDry(run("a1", "a", "again"))).toBe(false);
});
