import { expect, it } from "vitest";
import { everything, isEmpty, isSelected, NONE, pageToggled, toggled } from "./selection";

const PAGE = ["a", "b", "c", "d"];

it("marks and unmarks one", () => {
  const one = toggled(NONE, "b", PAGE, false);
  expect(one.ids).toEqual(["b"]);
  expect(isEmpty(toggled(one, "b", PAGE, false))).toBe(true);
});

it("marks a range in both directions, from the one marked before", () => {
  expect(toggled(toggled(NONE, "d", PAGE, false), "b", PAGE, true).ids).toEqual(["d", "b", "c"]);
  expect(toggled(toggled(NONE, "a", PAGE, false), "c", PAGE, true).ids).toEqual(["a", "b", "c"]);
});

it("marks one where the one before is on another page", () => {
  const elsewhere = toggled(NONE, "x", ["x", "y"], false);
  expect(toggled(elsewhere, "c", PAGE, true).ids).toEqual(["x", "c"]);
});

it("keeps what other pages have when a page is marked and unmarked", () => {
  const elsewhere = toggled(NONE, "x", ["x"], false);
  const both = pageToggled(elsewhere, PAGE, true);
  expect(both.ids).toEqual(["x", "a", "b", "c", "d"]);
  expect(pageToggled(both, PAGE, false).ids).toEqual(["x"]);
});

it("goes on with those in sight when one is taken out of all", () => {
  expect(isSelected(everything, "z")).toBe(true);
  expect(toggled(everything, "b", PAGE, false)).toMatchObject({ all: false, ids: ["a", "c", "d"] });
  expect(isEmpty(pageToggled(everything, PAGE, false))).toBe(true);
});
