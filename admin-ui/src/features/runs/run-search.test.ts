import { describe, expect, it } from "vitest";
import { writeJson } from "@/lib/json";
import { dataFilter, hasFilter, runFilter, statusesOf, validRunSearch } from "./run-search";

describe("dataFilter", () => {
  it.each([
    ["order.id=A-17", '{"order":{"id":"A-17"}}'],
    ["order.id=A-17 order.total=42", '{"order":{"id":"A-17","total":42}}'],
    ['id="42"', '{"id":"42"}'],
    ["invoice=12345678901234567890", '{"invoice":12345678901234567890}'],
    ['name="Anna Bach" vip=true', '{"name":"Anna Bach","vip":true}'],
  ])("%s", (text, json) => {
    expect(writeJson(dataFilter(text))).toBe(json);
  });

  it.each(["order.id", "=5", "a=1 nonsense"])("%s is not of the form path=value", (text) => {
    expect(dataFilter(text)).toBeNull();
  });
});

it("asks the API for what the URL says", () => {
  const search = validRunSearch({ status: "failed,waiting,nonsense", name: 42, data: "a=1", page: 3, q: "" });
  expect(statusesOf(search)).toEqual(["waiting", "failed"]);
  expect(runFilter(search)).toEqual({ status: ["waiting", "failed"], name: "42", initial_data: '{"a":1}' });
});

it("leaves out a skill that is none: the server would refuse the whole question", () => {
  expect(runFilter({ skill: "send-mail@1a2b3c4d" })).toEqual({
    skill: "send-mail",
    skill_digest: "1a2b3c4d",
  });
  expect(runFilter({ skill: "send-mail@zz" })).toEqual({});
});

it("finds runs by how they failed, also those in which no skill did", () => {
  const search = validRunSearch({ signature: "skill-error: no shelf #", failed: "count-stock", open: "yes" });
  expect(hasFilter(search)).toBe(true);
  expect(runFilter(search)).toEqual({
    signature: "skill-error: no shelf #",
    failed_skill: "count-stock",
    open: true,
  });
  expect(runFilter({ signature: "limit: #" })).toEqual({ signature: "limit: #", failed_skill: "" });
});
