import { describe, expect, it } from "vitest";
import { type JsonObject, parseJson, writeJson } from "@/lib/json";
import { collect, fieldsOfPaths, fieldsOfSchema, fieldsOfValues } from "./form-fields";

const object = (text: string) => parseJson(text) as JsonObject;

describe("a form of a skill", () => {
  const schema = object(`{"type":"object","required":["decision"],"properties":{"decision":{"type":"object",
    "required":["outcome"],"properties":{"outcome":{"type":"string","title":"What do we do?","enum":["invite","decline"]},
    "comment":{"type":"string","maxLength":500},"limit":{"type":"number","default":12.50}}}}}`);

  it("opens objects and names fields by their title", () => {
    expect(fieldsOfSchema(schema).map(({ label, kind, required }) => [label, kind, required])).toEqual([
      ["What do we do?", "choice", true],
      ["decision.comment", "long", false],
      ["decision.limit", "number", false],
    ]);
  });

  it("leaves out what is optional and empty, keeps digits, and says what is missing", () => {
    const fields = fieldsOfSchema(schema);
    const full = collect(fields, { "decision.outcome": '"invite"' }, {});
    expect(writeJson(full.data)).toBe('{"decision":{"outcome":"invite","limit":12.50}}');
    expect(collect(fields, { "decision.limit": "many" }, {}).errors).toEqual({
      "decision.outcome": "This is needed",
      "decision.limit": "This has to be a number, for instance 12.50",
    });
  });
});

it("values that nobody touched come back digit for digit", () => {
  const shown = object(
    '{"order":{"ref":12345678901234567890,"total":749.00,"lines":[{"n":1.0}],"vip":false}}',
  );
  const fields = fieldsOfValues(shown);
  expect(writeJson(collect(fields, { "order.total": "700.5" }, shown).data)).toBe(
    '{"order":{"ref":12345678901234567890,"total":700.5,"lines":[{"n":1.0}],"vip":false}}',
  );
});

it("an edited text may be empty, a number may not", () => {
  const shown = object('{"note":"call first","empty":"","amount":5}');
  const fields = fieldsOfValues(shown);
  expect(writeJson(collect(fields, { note: "" }, shown).data)).toBe('{"note":"","empty":"","amount":5}');
  expect(collect(fields, {}, shown).errors).toEqual({});
  expect(collect(fields, { amount: "" }, shown).errors).toEqual({ amount: "This is needed" });
});

it("a yes or no that is needed has to be said", () => {
  const schema = '{"required":["sent"],"properties":{"sent":{"type":"boolean"},"late":{"type":"boolean"}}}';
  const fields = fieldsOfSchema(object(schema));
  expect(collect(fields, {}, {})).toEqual({ data: {}, errors: { sent: "This is needed" } });
  expect(collect(fields, { sent: "false" }, {})).toEqual({ data: { sent: false }, errors: {} });
});

it("reads loosely typed outputs of something that happened", () => {
  const fields = fieldsOfPaths(["payment.id", "payment.amount", "lines[]"]);
  const texts = { "payment.id": "PAY-1", "payment.amount": "64.70", lines: "[1]" };
  expect(writeJson(collect(fields, texts, {}, true).data)).toBe(
    '{"payment":{"id":"PAY-1","amount":64.70},"lines":[1]}',
  );
});
