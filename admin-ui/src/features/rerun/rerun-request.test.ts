import { expect, it } from "vitest";
import { type JsonObject, parseJson, writeJson } from "@/lib/json";
import { rerunRequest } from "./rerun-request";

const object = (text: string) => parseJson(text) as JsonObject;

it("sends nothing where nothing was edited", () => {
  expect(
    rerunRequest(object('{"n":12345678901234567890}'), object('{ "n": 12345678901234567890 }'), " "),
  ).toEqual({});
});

it("sends only what was changed, and leaves other numbers alone", () => {
  const request = rerunRequest(
    object('{"invoice":12345678901234567890,"order":{"total":80}}'),
    object('{"invoice":12345678901234567890,"order":{"total":90.50}}'),
    "typo",
  );
  expect(writeJson(request)).toBe('{"reason":"typo","changes":{"order":{"total":90.50}}}');
});

it("sends the whole object where a patch would remove", () => {
  const request = rerunRequest(
    object('{"a":1,"n":12345678901234567890}'),
    object('{"a":null,"n":12345678901234567890}'),
    "",
  );
  expect(writeJson(request)).toBe('{"initial_data":{"a":null,"n":12345678901234567890}}');
});
