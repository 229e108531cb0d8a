import { expect, it } from "vitest";
import type { RunMetadata, Sop } from "@/lib/api";
import { type JsonObject, parseJson, writeJson } from "@/lib/json";
import { draftOfRun, emptyDraft, emptyPlaces, isEdited, requestOf, withPlaces } from "./start-draft";

const object = (text: string) => parseJson(text) as JsonObject;

it("sends what was chosen, digit for digit, and leaves out what was not", () => {
  const draft = { ...emptyDraft(object('{"ref":12345678901234567890}')), sop: "Refund it." };
  expect(writeJson(requestOf(draft, undefined))).toBe(
    '{"sop":"Refund it.","initial_data":{"ref":12345678901234567890}}',
  );
  const chosen = {
    ...draft,
    name: " Anna ",
    skills: ["pay"],
    limits: { steps: "20", seconds: "", tokens: "", money: "0.10" },
  };
  expect(writeJson(requestOf(chosen, { name: "order-refund" } as Sop))).toBe(
    '{"sop_name":"order-refund","initial_data":{"ref":12345678901234567890},"run_name":"Anna","skills":["pay"],' +
      '"limits":{"steps":20,"money":0.10}}',
  );
});

it("sends nothing without a procedure, or with data that are no object", () => {
  expect(requestOf(emptyDraft(), undefined)).toBeNull();
  expect(requestOf({ ...emptyDraft(), sop: "x", text: "[1]" }, undefined)).toBeNull();
});

it("makes places for what is missing and keeps what is there", () => {
  const data = object('{"order":{"ref":1.0},"text":"as it is"}');
  const filled = withPlaces(data, ["order.id", "lines[]", "order.ref", "text.more"]);
  expect(writeJson(filled)).toBe('{"order":{"ref":1.0,"id":null},"text":"as it is","lines":[]}');
  expect(emptyPlaces(filled, ["order.id", "lines[]", "order.ref", "nothing"])).toEqual(["order.id"]);
});

it("takes a run's metadata over where they can be seen, edited and left out", () => {
  const run = { sop: "Pay.", initial_data: {}, metadata: object('{"ref":1.50}'), skills: null, model: null };
  const draft = draftOfRun(run as unknown as RunMetadata);
  expect(draft.metadata).toBe('{\n  "ref": 1.50\n}');
  expect(writeJson(requestOf(draft, undefined)?.metadata)).toBe('{"ref":1.50}');
  expect(requestOf({ ...draft, metadata: " " }, undefined)).not.toHaveProperty("metadata");
  expect(requestOf({ ...draft, metadata: "team" }, undefined)).toBeNull();
  expect(isEdited(draft, draftOfRun(run as unknown as RunMetadata))).toBe(false);
  expect(isEdited({ ...draft, name: "x" }, draft)).toBe(true);
});
