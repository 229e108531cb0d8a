import { afterEach, expect, it } from "vitest";
import { isView, readViews, removeView, saveView } from "./views";

afterEach(() => localStorage.clear());

it("keeps views by name", () => {
  saveView({ name: "Refunds", search: { sop: "order-refund" } });
  saveView({ name: "Bad ones", search: { status: "failed", cols: "money,metadata.team" } });
  saveView({ name: "Refunds", search: { sop: "order-refund", status: "failed" } });
  expect(readViews().map(({ name }) => name)).toEqual(["Bad ones", "Refunds"]);
  expect(readViews()[1]?.search).toEqual({ sop: "order-refund", status: "failed" });
  removeView("Refunds");
  expect(readViews().map(({ name }) => name)).toEqual(["Bad ones"]);
});

it("lives with what something else has stored", () => {
  localStorage.setItem("asf-run-views", "no json");
  expect(readViews()).toEqual([]);
  localStorage.setItem("asf-run-views", '[{"name":"x"},{"name":"y","search":{"status":"failed","evil":1}}]');
  expect(readViews()).toEqual([{ name: "y", search: { status: "failed" } }]);
});

it("knows which view is open", () => {
  const view = { name: "x", search: { status: "failed", sop: "a" } };
  expect(isView(view, { sop: "a", status: "failed", rerun: "run_1" })).toBe(true);
  expect(isView(view, { sop: "a", status: "failed", folded: "yes" })).toBe(false);
});
