import { describe, expect, it } from "vitest";
import { writeJson } from "@/lib/json";
import { limitsOf, SAME_LIMITS, wrongIn } from "./resume-limits";

const sent = (part: Partial<typeof SAME_LIMITS>) => writeJson(limitsOf({ ...SAME_LIMITS, ...part }));

describe("limits when a batch goes on", () => {
  it("says only what was typed, digit for digit", () => {
    expect(sent({})).toBe("{}");
    expect(sent({ money: "12.50", tokens: "9000" })).toBe('{"budget":{"tokens":9000,"money":12.50}}');
    expect(sent({ concurrency: "5" })).toBe('{"concurrency":5}');
  });

  it("sends a share for per cent, and null where the limit is lifted", () => {
    expect(sent({ failureRate: "12.5 %" })).toBe('{"stop_at_failure_rate":0.125}');
    expect(sent({ failureRate: "20", anyFailures: true })).toBe('{"stop_at_failure_rate":null}');
  });

  it("says what is wrong, and is nothing meanwhile", () => {
    expect(
      Object.keys(wrongIn({ ...SAME_LIMITS, tokens: "few", money: "1,5", failureRate: "many" })),
    ).toEqual(["tokens", "money", "failureRate"]);
    expect(wrongIn({ ...SAME_LIMITS, concurrency: "5", failureRate: "many", anyFailures: true })).toEqual({});
    expect(limitsOf({ ...SAME_LIMITS, failureRate: "many" })).toBeNull();
    expect(limitsOf({ ...SAME_LIMITS, failureRate: "100" })).toBeNull();
    expect(limitsOf({ ...SAME_LIMITS, tokens: "few" })).toBeNull();
  });
});
