import { expect, it } from "vitest";
import type { Batch } from "@/lib/api/batches";
import { budgetText, countOf, noteOf, percent, runsText, spentText } from "./figures";

it("counts no further than lists do", () => {
  expect(runsText(1, false)).toBe("1 run");
  expect(runsText(10_000, false)).toBe("10,000 runs");
  expect(runsText(10_000, true)).toBe("10,000+ runs");
});

it("says how many there will be while they are taken in", () => {
  const batch = { counts: { total: 40 }, filled: false, expected: 1200, expected_capped: false } as Batch;
  expect(countOf(batch)).toBe("1,200");
  expect(countOf({ ...batch, expected_capped: true })).toBe("10,000+");
  expect(countOf({ ...batch, filled: true })).toBe("40");
});

it("says what is unknown, and never counts it as nothing", () => {
  expect(spentText({ spent: { tokens: 0, money: 0, money_unknown: 0 } })).toBe("nothing");
  expect(spentText({ spent: { tokens: 1200, money: 0.25, money_unknown: 0 } })).toBe("1,200 tokens, $0.25");
  expect(spentText({ spent: { tokens: 1200, money: null, money_unknown: 3 } })).toBe(
    "1,200 tokens, price of 3 unknown",
  );
  expect(budgetText({ budget: { tokens: null, money: 5 } })).toBe("of $5");
  expect(percent(0.125)).toBe("12.5 %");
});

it("tells why it stands still, and leaves who is waited for to others", () => {
  expect(noteOf({ note: "2 wait for a person" })).toBeNull();
  expect(noteOf({ note: "paused: lunch; 1 waits for a person" })).toBe("paused: lunch");
  expect(noteOf({ note: null })).toBeNull();
});
