import { describe, expect, it } from "vitest";
import type { RunSearch } from "./run-search";
import { readTerms, termsOf, withoutTerm, withTerm, writeTerms } from "./terms";

const search = (text: string): RunSearch => readTerms(text).reduce(withTerm, {});

describe("what is typed", () => {
  it.each([
    ["status:failed", { status: "failed" }],
    ["status:failed status:waiting", { status: "failed,waiting" }],
    ["skill:send-mail@1a2b3c4d", { skill: "send-mail@1a2b3c4d" }],
    ["sop:order-refund text:dent", { sop: "order-refund", q: "dent" }],
    ["Refund A-09", { name: "Refund A-09" }],
    ['"Refund A" status:failed', { name: "Refund A", status: "failed" }],
    ["data.order.id:A-17 data.order.total:42", { data: "order.id=A-17 order.total=42" }],
    ['metadata.team:"the ops"', { metadata: 'team="the ops"' }],
    ['signature:"skill-error: no shelf #"', { signature: "skill-error: no shelf #" }],
    ["last:24h", { last: "24h" }],
    ["after:2026-11-01T10:00:00Z", { after: "2026-11-01T10:00:00Z" }],
    ["attention:yes open:yes dry:no", { attention: "yes", open: "yes", dry: "no" }],
  ])("%s", (text, expected) => {
    expect(search(text)).toEqual(expected);
  });

  it.each([
    ["status:broken", /one of running/],
    ["nonsense:5", /no filter “nonsense”/],
    ["constructor:5", /no filter “constructor”/],
    ["skill:send-mail@zz", /8 digits/],
    ["skill:", /behind skill:/],
    ["data:5", /Write a path/],
    ["data..x:5", /Write a path/],
    ['name:"open', /not closed/],
    ["after:yesterday", /2026-11-01/],
    ["last:week", /24h/],
    ["open:perhaps", /yes/],
  ])("%s is wrong, and changes nothing", (text, why) => {
    const [term] = readTerms(text);
    expect(term?.wrong).toMatch(why);
    expect(search(text)).toEqual({});
  });

  it("what is right beside what is wrong is taken", () => {
    expect(search("status:failed colour:red")).toEqual({ status: "failed" });
  });
});

it("is written as it is read", () => {
  const all: RunSearch = {
    status: "waiting,failed",
    attention: "yes",
    name: 'Anna "B" \\ Bach',
    q: "two words",
    sop: "order-refund",
    skill: "send-mail",
    data: 'order.id=A-17 who="Anna Bach" invoice=12345678901234567890',
    metadata: 'team=ops id="42"',
    root: "run_1",
    parent: "run_2",
    signature: "limit: #",
    failed: "count-stock",
    open: "yes",
    dry: "no",
    after: "2026-11-01T00:00:00Z",
    before: "2026-11-02T10:30:15Z",
  };
  const written = writeTerms(termsOf(all));
  expect(search(written)).toEqual(all);
  expect(writeTerms(termsOf(search(written)))).toBe(written);
});

it("removes one term and leaves the others", () => {
  const all = search('status:failed,waiting data.a:1 data.b:"x y" name:refund');
  const left = termsOf(all).reduce<string[]>((found, term) => {
    found.push(writeTerms(termsOf(withoutTerm(all, term))));
    return found;
  }, []);
  expect(left).toEqual([
    'status:failed name:refund data.a:1 data.b:"x y"',
    'status:waiting name:refund data.a:1 data.b:"x y"',
    'status:waiting status:failed data.a:1 data.b:"x y"',
    'status:waiting status:failed name:refund data.b:"x y"',
    "status:waiting status:failed name:refund data.a:1",
  ]);
});

it("a span and own dates take each other's place", () => {
  expect(search("after:2026-11-01T00:00:00Z last:7d")).toEqual({ last: "7d" });
  expect(search("last:7d before:2026-11-01T00:00:00Z")).toEqual({ before: "2026-11-01T00:00:00Z" });
});

it("says what is wrong in a URL that was written by hand", () => {
  const terms = termsOf({ data: "order.id", after: "soon", status: "failed" });
  expect(terms.map(({ key, wrong }) => [key, Boolean(wrong)])).toEqual([
    ["status", false],
    ["after", true],
    ["data", true],
  ]);
  expect(terms.reduce(withoutTerm, { data: "order.id", after: "soon", status: "failed" })).toEqual({});
});
