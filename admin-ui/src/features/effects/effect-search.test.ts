import { expect, it } from "vitest";
import { effectFilter, effectStatesOf, hasEffectFilter, validEffectSearch } from "./effect-search";

it("asks the API for what the URL says", () => {
  const search = validEffectSearch({
    state: "doubt,nonsense,receipt",
    skill: "send-mail",
    data: "order.id=12345678901234567890",
    root: "order-42",
    since: "24h",
    only: "not-repeated",
    page: 3,
    run: "",
  });
  expect(effectStatesOf(search)).toEqual(["receipt", "doubt"]);
  expect(effectFilter(search, Date.parse("2026-11-24T12:00:40Z"))).toEqual({
    state: ["receipt", "doubt"],
    skill: "send-mail",
    data: '{"order":{"id":12345678901234567890}}',
    root: "order-42",
    after: "2026-11-23T12:00:00.000Z",
    not_repeated: true,
  });
});

it("leaves out what it does not understand", () => {
  expect(effectFilter({ data: "order.id", since: "a while", only: "this" })).toEqual({});
});

it("a page further on is no filter", () => {
  expect(hasEffectFilter({ cursor: "x" })).toBe(false);
  expect(hasEffectFilter({ cursor: "x", data: "a=1" })).toBe(true);
});
