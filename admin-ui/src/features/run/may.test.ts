import { expect, it } from "vitest";
import { cancelNot, deleteNot } from "./may";

it("says why a run can't be cancelled or deleted now", () => {
  const run = { status: "running", cancellable: true, cancel_requested: false } as const;
  expect(cancelNot(run)).toBeUndefined();
  expect(deleteNot(run)).toBe("It has not ended; cancel it first");
  const asked = { ...run, cancellable: false, cancel_requested: true };
  expect(cancelNot(asked)).toBe("It is being cancelled");
  const ended = { status: "failed", cancellable: false, cancel_requested: true } as const;
  expect(cancelNot(ended)).toBe("It has ended");
  expect(deleteNot(ended)).toBeUndefined();
  expect(cancelNot({ status: "recorded" })).toBe("It was never started");
  expect(cancelNot({ status: "running" })).toBeUndefined();
  expect(cancelNot({ status: "recorded", cancellable: false, cancel_requested: false })).toBe(
    "It was never started",
  );
});
