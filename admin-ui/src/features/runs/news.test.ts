import { expect, it } from "vitest";
import type { RunItem } from "@/lib/api";
import { newcomers, patched } from "./news";

const run = (id: number, more: Partial<RunItem> = {}) =>
  ({ thread_id: `run-${id}`, created_at: `2026-11-28T20:00:${id}Z`, status: "running", ...more }) as RunItem;
const ids = (runs: RunItem[]) => runs.map(({ thread_id }) => thread_id);

it("finds runs that are newer than the loaded ones, or have come to match among them", () => {
  const loaded = [run(40), run(20)];
  const head = [run(50), run(40), run(30), run(20), run(10)];
  expect(ids(newcomers(loaded, true, head))).toEqual(["run-50", "run-30"]);
  expect(ids(newcomers(loaded, false, head))).toEqual(["run-50", "run-30", "run-10"]);
  expect(ids(newcomers([], false, head))).toHaveLength(5);
});

it("changes rows in their places, and leaves other pages as they are", () => {
  const data = {
    pages: [
      { items: [run(40), run(30)], next_cursor: "a" },
      { items: [run(20)], next_cursor: null },
    ],
    pageParams: [undefined, "a"],
  };
  const next = patched(data, [run(30, { status: "failed" }), run(99)], []);
  expect(next.pages[0]?.items.map(({ status }) => status)).toEqual(["running", "failed"]);
  expect(next.pages[1]).toBe(data.pages[1]);
  expect(patched(data, [run(40), run(20)], [])).toBe(data);
  expect(ids(patched(data, [], ["run-40"]).pages[0]?.items ?? [])).toEqual(["run-30"]);
});
