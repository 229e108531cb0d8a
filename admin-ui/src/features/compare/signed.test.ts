import { expect, it } from "vitest";
import { signed } from "./signed";

const shown = (value: number) => `${value} s`;

it("says how much more or less, and of what share", () => {
  expect(signed({ left: 4, right: 6, delta: 2 }, shown)).toBe("+2 s (+50%)");
  expect(signed({ left: 4, right: 1, delta: -3 }, shown)).toBe("−3 s (−75%)");
  expect(signed({ left: 0, right: 3, delta: 3 }, shown)).toBe("+3 s");
  expect(signed({ left: 0.001, right: 3, delta: 2.999 }, shown)).toBe("+2.999 s");
});

it("tells nothing from not known", () => {
  expect(signed({ left: 4, right: 4, delta: 0 }, shown)).toBe("same");
  expect(signed({ left: null, right: 4, delta: null }, shown)).toBe("unknown");
});
