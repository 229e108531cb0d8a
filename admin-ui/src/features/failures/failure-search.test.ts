import { expect, it } from "vitest";
import { failureFilter, hasFailureFilter, validFailureSearch } from "./failure-search";

it("asks the API for what the URL says", () => {
  const search = validFailureSearch({ skill: 42, since: "24h", dismissed: "yes", page: 3, cursor: "" });
  expect(failureFilter(search, Date.parse("2026-11-24T12:00:40Z"))).toEqual({
    skill: "42",
    dismissed: true,
    after: "2026-11-23T12:00:00.000Z",
  });
  expect(hasFailureFilter(search)).toBe(true);
});

it("leaves nothing out unless asked to", () => {
  expect(failureFilter(validFailureSearch({ since: "for ever", dismissed: "no" }))).toEqual({});
  expect(hasFailureFilter({ dismissed: "yes" })).toBe(false);
});
