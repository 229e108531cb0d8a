import { describe, expect, it } from "vitest";
import { type JsonObject, parseJson, sameJson, writeJson } from "./json";

describe("exact numbers", () => {
  it.each([
    "12345678901234567890",
    "0.10",
    "1.0",
    "-0",
    "1e3",
    "1E-7",
    "9007199254740993",
    "100000000000000000000000.00001",
    "42",
    "-17.5",
  ])("%s survives digit for digit", (number) => {
    expect(writeJson(parseJson(`{"a":[${number}]}`))).toBe(`{"a":[${number}]}`);
  });

  it("gives plain numbers where nothing is lost", () => {
    expect(parseJson('{"seq": 3}')).toEqual({ seq: 3 });
  });

  it("keeps odd keys and refuses a key given twice", () => {
    expect(writeJson(parseJson('{"__proto__":{"a":1}}'))).toBe('{"__proto__":{"a":1}}');
    expect(() => parseJson('{"a": 1, "a": 2}')).toThrow(/[Dd]uplicate/);
  });
});

describe("sameJson", () => {
  it.each([
    ["1", "1.0", true],
    ["100", "1e2", true],
    ["12345678901234567890", "12345678901234567891", false],
    ["0", "-0.00", true],
    ['{"a":1,"b":[1,2]}', '{"b":[1,2.0],"a":1}', true],
    ["[1,2]", "[2,1]", false],
    ['{"a":null}', "{}", false],
    ['"1"', "1", false],
  ])("%s and %s: %s", (left, right, same) => {
    expect(sameJson(parseJson(left), parseJson(right))).toBe(same);
  });
});

it("an object that came from JSON text is an ordinary object", () => {
  expect(Object.keys(parseJson('{"b":1,"a":2}') as JsonObject)).toEqual(["b", "a"]);
});
