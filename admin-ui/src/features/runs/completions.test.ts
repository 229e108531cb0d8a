import { expect, it } from "vitest";
import { completed, completions, type Known } from "./completions";

const KNOWN: Known = {
  skills: ["send-mail", "count-stock"],
  sops: ["order-refund", "my orders"],
  metadata: ["team"],
};
const texts = (typed: string) => completions(typed, KNOWN).map(({ text }) => text);

it("offers keys for their beginning", () => {
  expect(texts("sk")).toContain("skill:");
  expect(texts("status:failed me")).toEqual(["metadata."]);
  expect(texts("metadata.")).toEqual(["metadata.team:"]);
});

it("offers values of a key, in quotes where they need them", () => {
  expect(texts("skill:se")).toEqual(["skill:send-mail"]);
  expect(texts("sop:ord")).toEqual(["sop:order-refund", 'sop:"my orders"']);
  expect(texts("status:fai")).toEqual(["status:failed"]);
});

it("offers what a word without a key can mean", () => {
  expect(texts("mail")).toEqual(["skill:send-mail", "name:mail", "text:mail"]);
  expect(texts("fail")).toContain("status:failed");
});

it("puts the completion in place of the last word", () => {
  expect(completed("status:failed sk", { text: "skill:", meaning: "", whole: false })).toBe(
    "status:failed skill:",
  );
  expect(completed("status:failed ", { text: "skill:", meaning: "", whole: false })).toBe(
    "status:failed skill:",
  );
});
