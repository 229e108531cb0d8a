import { expect, it } from "vitest";
import type { Backtest } from "@/lib/api/backtests";
import { headlineOf, inMoney, inTime, inTokens, signed } from "./verdict";

function said(stays: number, changed: number, cant_tell: number, newly_failed = 0, pending = 0): string {
  const total = stays + changed + cant_tell + pending;
  const verdicts = { stays, changed, cant_tell, newly_failed, pending };
  return headlineOf({ verdicts, counts: { total } as Backtest["counts"] });
}

it("says first what changes", () => {
  expect(said(37, 3, 0)).toBe("3 of 40 outcomes change");
  expect(said(1, 1, 2, 1)).toBe("1 of 4 outcome changes, 2 can't be told, 1 newly fails");
  expect(said(5, 0, 0)).toBe("No outcome changes");
  expect(said(5, 0, 1)).toBe("No outcome of 5 changes, 1 can't be told");
  expect(said(0, 0, 2)).toBe("2 can't be told");
});

it("says what is to come", () => {
  expect(said(0, 0, 0, 0, 9)).toBe("No run has been replayed yet");
  expect(said(4, 0, 0, 0, 5)).toBe("No outcome changes; 5 to come");
});

it("shows differences with their sign", () => {
  expect(signed(1200, inTokens)).toBe("+1,200 tokens");
  expect(signed(-0.02, inMoney)).toBe("−$0.02");
  expect(signed(0, inTime)).toBe("no difference");
  expect(signed(null, inTime)).toBe("unknown");
});
