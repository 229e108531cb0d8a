import { LosslessNumber } from "lossless-json";
import { expect, it } from "vitest";
import { inDollars } from "./money";

it("has two decimals at least, and keeps every digit beyond", () => {
  expect([0, 5, 4.2, 0.25].map(inDollars)).toEqual(["$0.00", "$5.00", "$4.20", "$0.25"]);
  expect(inDollars(0.0042)).toBe("$0.0042");
  expect(inDollars(new LosslessNumber("12345678901234567890.10"))).toBe("$12345678901234567890.10");
  expect(inDollars(new LosslessNumber("1.000000000000000000001"))).toBe("$1.000000000000000000001");
});

it("leaves what is written in another way as it is", () => {
  expect(inDollars(1e-7)).toBe("$1e-7");
});
