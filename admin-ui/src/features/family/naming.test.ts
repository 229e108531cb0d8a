import { expect, it } from "vitest";
import type { LineageItem } from "@/lib/api";
import { foldRange, foldText, isDry, presetWord, shortName } from "./naming";

const run = (thread_id: string, parent_thread_id: string | null, preset: string | null = null) =>
  ({ thread_id, parent_thread_id, preset }) as LineageItem;

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

it("names a fold by how many it holds, and from where to where", () => {
  const fold = { outcome: "failed" as const, runs: [run("a_rerun_3", "a"), run("a_rerun_13", "a")] };
  expect(foldText(fold)).toBe("2 failed runs");
  expect(foldRange(fold, "a")).toBe("#3 to #13");
});
