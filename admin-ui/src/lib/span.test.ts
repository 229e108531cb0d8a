import { expect, it } from "vitest";
import { secondsOf, shortSpan, spanOf } from "./span";

it("writes lengths of time in their largest whole unit", () => {
  expect([0, 59, 60, 5400, 7200, 86_400].map(spanOf).map(({ count, unit }) => `${count} ${unit}`)).toEqual([
    "0 seconds",
    "59 seconds",
    "1 minutes",
    "90 minutes",
    "2 hours",
    "1 days",
  ]);
  expect(secondsOf({ count: "x", unit: "days" })).toBeNull();
});

it("says them in short", () => expect([30, 120, 7200].map(shortSpan)).toEqual(["30 s", "2 min", "2 h"]));
