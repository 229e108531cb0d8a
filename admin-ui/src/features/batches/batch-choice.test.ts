import { expect, it } from "vitest";
import { writeJson } from "@/lib/json";
import {
  type BatchChoice,
  batchRequestOf,
  firstBatchChoice,
  withBatchPreset,
  withoutWords,
  wrongNumbers,
} from "./batch-choice";

const said = (edited: Partial<BatchChoice>) =>
  writeJson(batchRequestOf({ ids: ["a"] }, firstBatchChoice(edited)));

it("goes on from the failure where nothing else is chosen", () => {
  expect(said({})).toBe('{"ids":["a"],"rerun":{"from":"failure","results":"unchanged","skills":"latest"}}');
});

it("hands the list's filter over as it is", () => {
  const filter = { status: ["failed" as const], signature: "s", failed_skill: "", open: true };
  expect(batchRequestOf({ filter }, firstBatchChoice())?.filter).toEqual(filter);
});

it("says presets, versions and effects", () => {
  expect(said({ preset: "again" })).toBe('{"ids":["a"],"rerun":{}}');
  expect(said({ preset: "only-what-changed", versions: "pinned" })).toBe(
    '{"ids":["a"],"rerun":{"plan":"unchanged","results":"unchanged","skills":"pinned"}}',
  );
  expect(said({ preset: "again", effects: "repeat", consent: ["send-mail"] })).toBe(
    '{"ids":["a"],"rerun":{"effects":"repeat","consent":["send-mail"]}}',
  );
  const whatIf = withBatchPreset(firstBatchChoice(), "what-if");
  expect(whatIf.effects).toBe("none");
  expect(withBatchPreset(whatIf, "again").effects).toBe("once");
});

it("sends numbers digit for digit, a failure rate as a share", () => {
  const typed = {
    preset: "again" as const,
    tokens: "9007199254740991",
    money: "12345678.10",
    failureRate: "12.5",
  };
  expect(said(typed)).toBe(
    '{"ids":["a"],"rerun":{},"budget":{"tokens":9007199254740991,"money":12345678.10},"stop_at_failure_rate":0.125}',
  );
});

it("has a gate only with a canary; what is no JSON is a text", () => {
  const gate = { preset: "again" as const, gatePath: "order.state", gateValue: "paid" };
  expect(said(gate)).toBe('{"ids":["a"],"rerun":{}}');
  expect(said({ ...gate, canary: "5" })).toBe(
    '{"ids":["a"],"rerun":{},"canary":5,"gate":{"path":"order.state","equals":"paid"}}',
  );
  expect(said({ ...gate, canary: "5", gateValue: "" })).toContain(
    '"gate":{"path":"order.state","exists":true}',
  );
  expect(said({ ...gate, canary: "5", gateValue: "null" })).toContain('"equals":null');
});

it("names what is no number, and asks for nothing then", () => {
  const choice = firstBatchChoice({ money: "12 dollars", canary: "-1" });
  expect(wrongNumbers(choice)).toEqual(["money", "canary"]);
  expect(batchRequestOf({ ids: ["a"] }, choice)).toBeNull();
});

it("looks at the same dry run whatever the batch is called", () => {
  const request = batchRequestOf({ ids: ["a"] }, firstBatchChoice({ name: "Monday", reason: "fixed" }));
  expect(request && withoutWords(request)).toEqual({ ids: ["a"], rerun: request?.rerun });
});
