import { describe, expect, it } from "vitest";
import { changesBetween, mergePatch } from "./changes";
import { isObject, type JsonObject, parseJson, sameJson, writeJson } from "./json";

const object = (text: string) => parseJson(text) as JsonObject;

describe("changesBetween", () => {
  it("names each place once, by its path", () => {
    const changes = changesBetween(
      object('{"order":{"id":"A","total":10.0,"lines":[1]},"old":1}'),
      object('{"order":{"id":"A","total":12.5,"lines":[1,2]},"new":null}'),
    );
    expect(changes.map(({ path }) => path)).toEqual(["order.total", "order.lines", "old", "new"]);
    expect(changes[3]).toEqual({ path: "new", before: undefined, after: null });
  });

  it("sees no difference in how a number is written", () => {
    expect(changesBetween(object('{"a":1.0}'), object('{"a":1}'))).toEqual([]);
  });
});

/** RFC 7396, section 2, as the server does it. */
function applied(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = applied(merged[key], value);
  }
  return merged;
}

describe("mergePatch", () => {
  it.each([
    ['{"a":1,"n":12345678901234567890}', '{"a":2,"n":12345678901234567890}', '{"a":2}'],
    ['{"a":{"b":1,"c":2}}', '{"a":{"b":1}}', '{"a":{"c":null}}'],
    ['{"a":1}', '{"a":{"b":[null]}}', '{"a":{"b":[null]}}'],
    ['{"a":{"b":1}}', '{"a":"text"}', '{"a":"text"}'],
    ["{}", '{"a":{}}', '{"a":{}}'],
  ])("from %s to %s: %s", (before, after, patch) => {
    const made = mergePatch(object(before), object(after));
    expect(writeJson(made)).toBe(patch);
    expect(sameJson(applied(object(before), made) as JsonObject, object(after))).toBe(true);
  });

  it.each([
    ['{"a":1}', '{"a":null}'],
    ["{}", '{"a":{"b":null}}'],
    ['{"a":{"b":1}}', '{"a":{"b":null}}'],
    ["{}", '{"__proto__":{"b":1}}'],
  ])("can't be said: from %s to %s", (before, after) => {
    expect(mergePatch(object(before), object(after))).toBeNull();
  });
});
