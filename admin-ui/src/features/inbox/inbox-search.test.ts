import { expect, it } from "vitest";
import { hasInboxFilter, inboxFilter, nextAfter, validInboxSearch } from "./inbox-search";

it("keeps of a URL what the inbox knows", () => {
  const search = validInboxSearch({
    state: "closed",
    reason: "consent,boredom",
    q: 42,
    step: 7,
    colour: "red",
  });
  expect(search).toEqual({ reason: "consent,boredom", q: "42", step: "7" });
  expect(inboxFilter(search)).toEqual({ reason: ["consent"], q: "42" });
  expect(hasInboxFilter(search)).toBe(true);
  expect(inboxFilter(validInboxSearch({ state: "answered", run: "order-42" }))).toEqual({
    state: "answered",
  });
  expect(hasInboxFilter({ run: "order-42", state: "answered" })).toBe(false);
});

it("goes on to what is left", () => {
  const keys = ["a/1", "b/1", "c/1"];
  expect(nextAfter(keys, "b/1", ["b/1"])).toBe("c/1");
  expect(nextAfter(keys, "c/1", ["c/1"])).toBe("b/1");
  expect(nextAfter(keys, "a/1", ["a/1", "b/1"])).toBe("c/1");
  expect(nextAfter(keys, "b/1", ["a/1", "c/1"])).toBe("b/1");
  expect(nextAfter(keys, "a/1", keys)).toBeUndefined();
});
