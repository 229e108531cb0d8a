import { expect, it } from "vitest";
import type { Step } from "./api";
import { mergeSteps } from "./steps";

const step = (seq: number, version: number) => ({ seq, version }) as Step;
const told = (steps: Step[]) => steps.map(({ seq, version }) => `${seq}@${version}`);

it("keeps each step in its newest version, in order", () => {
  const known = [step(1, 1), step(3, 7)];
  expect(told(mergeSteps(known, [step(3, 4), step(2, 5), step(1, 6)]))).toEqual(["1@6", "2@5", "3@7"]);
  expect(told(mergeSteps([], [step(1, 1)]))).toEqual(["1@1"]);
  expect(told(mergeSteps([], [step(2, 2), step(1, 1), step(1, 3)]))).toEqual(["1@3", "2@2"]);
});
