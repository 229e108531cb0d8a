import { expect, it } from "vitest";
import { idsOf, recentAfter } from "./recent-runs";

it("keeps the last six runs, each once", () => {
  let text = "";
  for (const id of ["a", "b c", "d/e", "a", "f", "g", "h", "i"]) text = recentAfter(text, id);
  expect(idsOf(text)).toEqual(["i", "h", "g", "f", "a", "d/e"]);
});

it("takes nothing from a text that it did not write", () => {
  expect(idsOf("%zz")).toEqual([]);
});
