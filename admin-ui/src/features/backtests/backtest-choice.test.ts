import { expect, it } from "vitest";
import { type BacktestChoice, backtestRequestOf, firstBacktestChoice } from "./backtest-choice";
import { differsText } from "./what-differs";

const asked = (edited: Partial<BacktestChoice>) =>
  backtestRequestOf({ filter: { status: ["completed"] } }, firstBacktestChoice(edited));

it("takes all that were selected", () => {
  expect(backtestRequestOf({ ids: ["a", "b"] }, firstBacktestChoice())).toEqual({
    ids: ["a", "b"],
    most: 2,
    skills: "latest",
  });
});

it("takes the newest of what the filter finds", () => {
  expect(asked({ most: "40", words: "refund" })).toEqual({
    filter: { status: ["completed"], q: "refund" },
    most: 40,
    skills: "latest",
  });
  expect(asked({ most: "many" })).toBeNull();
});

it("needs a version where one is to be chosen", () => {
  expect(asked({ versions: "chosen", skill: "pay" })).toBeNull();
  expect(asked({ versions: "chosen", skill: "pay", digest: "abc" })?.skills).toEqual({ pay: "abc" });
});

it("says what is tried out", () => {
  expect(differsText({ skills: "latest" })).toBe("With today's skill versions");
  expect(differsText({ skills: { "*": "pinned", pay: "0123456789abcdef" } })).toBe("With pay 0123456789ab");
  expect(differsText({ skills: "pinned", model: "m1", sop: "x" })).toBe("With another procedure, model m1");
});
