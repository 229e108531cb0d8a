import { expect, it } from "vitest";
import { switched, textsOf, wordsOf } from "./search";

it("keeps the named texts of a search", () => {
  expect(textsOf({ state: "a", cursor: "", other: "x", run: 12 }, ["state", "cursor", "run"])).toEqual({
    state: "a",
    run: "12",
  });
});

it("reads known words, and switches one on or off", () => {
  const known = ["a", "b", "c"] as const;
  expect(wordsOf("c,x,a", known)).toEqual(["a", "c"]);
  expect(wordsOf(undefined, known)).toEqual([]);
  expect(switched(["a", "c"], "b")).toBe("a,c,b");
  expect(switched(["a", "c"], "a")).toBe("c");
  expect(switched(["a"], "a")).toBeUndefined();
  expect(switched(["a"], null)).toBeUndefined();
});
