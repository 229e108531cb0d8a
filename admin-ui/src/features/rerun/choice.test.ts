import { expect, it } from "vitest";
import { type JsonObject, parseJson, writeJson } from "@/lib/json";
import { type Choice, firstChoice, isTyped, requestOf, withPreset } from "./choice";
import { presetOf } from "./presets";

const object = (text: string) => parseJson(text) as JsonObject;

function said(original: string, edited: Partial<Choice>): string | null {
  const choice = { ...firstChoice(object(original), "again", null), ...edited };
  const request = requestOf(choice, object(original), "the SOP");
  return request && writeJson(request);
}

it("sends nothing where nothing was edited", () => {
  const text = '{"n":12345678901234567890}';
  expect(said(text, { text: '{ "n": 12345678901234567890 }', reason: " ", sop: "the SOP" })).toBe("{}");
});

it("sends only what was changed, and leaves other numbers alone", () => {
  const edited = {
    text: '{"invoice":12345678901234567890,"order":{"total":90.50}}',
    reason: "typo",
  };
  expect(said('{"invoice":12345678901234567890,"order":{"total":80}}', edited)).toBe(
    '{"reason":"typo","changes":{"order":{"total":90.50}}}',
  );
});

it("sends the whole object where a patch would remove", () => {
  const original = '{"a":1,"n":12345678901234567890}';
  expect(said(original, { text: '{"a":null,"n":12345678901234567890}' })).toBe(
    '{"initial_data":{"a":null,"n":12345678901234567890}}',
  );
});

it("puts corrections beside edited inputs", () => {
  const corrections = [
    { keys: ["risk", "score"], was: 1, text: "0.10" },
    { keys: ["risk", "note"], was: "", text: '"by hand"' },
  ];
  expect(said('{"a":1}', { text: '{"a":2}', corrections })).toBe(
    '{"changes":{"a":2,"risk":{"score":0.10,"note":"by hand"}}}',
  );
  expect(said("{}", { corrections: [{ keys: ["a"], was: 1, text: "not JSON" }] })).toBeNull();
});

it("says presets, versions and effects", () => {
  expect(said("{}", { preset: "from-step", step: 4 })).toBe(
    '{"plan":"unchanged","results":"unchanged","from":4}',
  );
  expect(said("{}", { preset: "from-step", step: null })).toBeNull();
  expect(said("{}", { versions: "pinned", chosen: { a: "12345678" } })).toBe(
    '{"skills":{"*":"pinned","a":"12345678"}}',
  );
  expect(said("{}", { effects: "none", consent: ["a"] })).toBe('{"effects":"none"}');
  expect(said("{}", { effects: "repeat", consent: ["a"] })).toBe('{"effects":"repeat","consent":["a"]}');
});

it("brings the effects of a preset along, unless they were chosen", () => {
  const first = firstChoice({}, "again", null);
  expect(withPreset(first, "what-if", null).effects).toBe("none");
  expect(withPreset(withPreset(first, "what-if", null), "again", null).effects).toBe("once");
  expect(withPreset({ ...first, effects: "repeat" }, "what-if", null).effects).toBe("repeat");
});

it("knows the preset of a stored request", () => {
  expect(presetOf({ format: 1, reason: "x" })).toBe("again");
  expect(presetOf({ from: 5, plan: "unchanged", results: "unchanged" })).toBe("from-step");
  expect(presetOf({ plan: "unchanged", results: "unchanged" })).toBe("only-what-changed");
  expect(presetOf({ from: 5 })).toBeNull();
  expect(presetOf({ plan: "recorded", effects: "none" })).toBeNull();
});

it("counts a correction only where the value differs", () => {
  const opened = [{ keys: ["risk", "score"], was: parseJson("0.10"), text: "0.1" }];
  expect(said("{}", { corrections: opened })).toBe("{}");
  expect(said("{}", { corrections: [{ ...opened[0], keys: ["n"], was: 1, text: "2" }] })).toBe(
    '{"changes":{"n":2}}',
  );
});

it("tells what was typed from what was only opened or ticked", () => {
  const first = firstChoice(object('{"n":1.0}'), "again", null);
  const typed = (part: Partial<Choice>) => isTyped({ ...first, ...part }, object('{"n":1.0}'), "the SOP");
  const opened = { keys: ["n"], was: 1, text: "1" };
  expect(typed({ preset: "what-if", consent: ["pay"], sop: "the SOP", corrections: [opened] })).toBe(false);
  expect(typed({ text: '{"n":' })).toBe(true);
  expect(typed({ reason: "the rate went up" })).toBe(true);
  expect(typed({ corrections: [{ ...opened, text: "2" }] })).toBe(true);
  expect(typed({ sop: "another" })).toBe(true);
});
