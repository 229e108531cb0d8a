import { expect, it } from "vitest";
import type { LineageItem } from "@/lib/api";
import { familyLines } from "./fold";
import { connections, NODE, nearest, placed } from "./graph-layout";

const run = (thread_id: string, parent_thread_id: string | null, fixed_by: string | null = null) =>
  ({ thread_id, parent_thread_id, fixed_by, status: fixed_by ? "failed" : "completed" }) as LineageItem;
const lines = (items: LineageItem[], opened: string[] = []) => familyLines(items, new Set(), new Set(opened));

it("places reruns to the right of what they repeat, and no two on each other", () => {
  const many = Array.from({ length: 40 }, (_, n) => run(`b${n}`, n % 2 ? "a" : `b${Math.max(n - 2, 0) + 1}`));
  const found = placed(lines([run("a", null), ...many], ["completed b0"]));
  const root = found.find(({ line }) => line.id === "a");
  expect(found.every(({ line, x }) => line.id === "a" || x >= (root?.x ?? 0) + NODE.width)).toBe(true);
  expect(new Set(found.map(({ x, y }) => `${x} ${y}`)).size).toBe(found.length);
});

it("knows the way from a failed run to its fix, also out of a fold", () => {
  const family = [run("a", null, "d"), run("b", "a", "d"), run("c", "a"), run("d", "b"), run("e", "d")];
  const fixes = (items: LineageItem[]) =>
    connections(lines(items)).flatMap(({ from, to, fixes }) => (fixes ? [`${from} > ${to}`] : []));
  expect(fixes(family)).toEqual(["a > b", "b > d"]);
  const chain = [run("a", null, "d"), run("b", "a", "d"), run("c", "b", "d"), run("d", "c")];
  expect(fixes(chain)).toEqual(["failed a > d"]);
});

it("draws what is nearest to a run, and the way between", () => {
  const many = Array.from({ length: 500 }, (_, n) => run(`b${n}`, "a"));
  const found = nearest(lines([run("a", null), ...many, run("c", "b400")], ["completed b0"]), "c", 10);
  expect(found.map(({ id }) => id)).toEqual(["a", ...many.slice(0, 7).map((b) => b.thread_id), "b400", "c"]);
});
