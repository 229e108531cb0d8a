import { describe, expect, it } from "vitest";
import type { LineageItem } from "@/lib/api";
import { familyLines } from "./fold";

const run = (thread_id: string, parent_thread_id: string | null, status = "running") =>
  ({ thread_id, parent_thread_id, status, deleted_at: null }) as LineageItem;
const none = new Set<string>();

/** Each line as its depth and its run, or how many are folded there. */
function drawn(items: LineageItem[], kept: string[] = [], opened: string[] = []) {
  return familyLines(items, new Set(kept), new Set(opened)).map(({ depth, run, fold }) =>
    run ? `${depth} ${run.thread_id}` : `${depth} ${fold.runs.length} ${fold.outcome}`,
  );
}

describe("familyLines", () => {
  it("puts each run below the one it repeats", () => {
    const family = [run("a", null), run("a1", "a"), run("a2", "a1"), run("a3", "a"), run("a4", "a1")];
    expect(drawn(family)).toEqual(["0 a", "1 a1", "2 a2", "2 a4", "1 a3"]);
  });

  it("shows a run whose parent is not there", () => {
    expect(drawn([run("b", "lost")])).toEqual(["0 b"]);
  });

  it("folds a chain of failed reruns, and what follows hangs below it", () => {
    const chain = [run("a", null, "failed"), run("b", "a", "failed"), run("c", "b", "failed")];
    const family = [...chain, run("d", "c", "completed")];
    expect(drawn(family)).toEqual(["0 3 failed", "1 d"]);
    expect(drawn(family, ["a"])).toEqual(["0 a", "1 b", "2 c", "3 d"]);
    expect(drawn(family, [], ["failed a"])).toEqual(["0 a", "1 b", "2 c", "3 d"]);
    expect(familyLines(family, none, none)[1]?.parent).toBe("failed a");
  });

  it("does not fold over a fork", () => {
    const family = ["a", "b", "c", "d"].map((id, n, ids) => run(id, ids[n - 1] ?? null, "failed"));
    expect(drawn([...family, run("e", "c")])).toEqual(["0 a", "1 b", "2 c", "3 d", "3 e"]);
  });

  it("folds siblings that ended alike, in the place of the first", () => {
    const many = Array.from({ length: 999 }, (_, n) => run(`r${n}`, "a", n % 3 ? "failed" : "completed"));
    const family = [run("a", null, "completed"), ...many, run("last", "a")];
    expect(drawn(family, ["a"])).toEqual(["0 a", "1 333 completed", "1 666 failed", "1 last"]);
    expect(drawn(family, ["a", "r4"])).toContain("1 r4");
    expect(drawn(family, ["a"], ["failed r1"])).toHaveLength(2 + 666 + 1);
  });

  it("takes a long chain", () => {
    const chain = Array.from({ length: 5000 }, (_, n) => run(`r${n}`, n ? `r${n - 1}` : null));
    expect(drawn(chain).at(-1)).toBe("4999 r4999");
  });
});
