import { afterEach, expect, it } from "vitest";
import { columnsOf, DEFAULT_COLUMNS, moved, pathsShown, readColumns, rememberColumns } from "./columns";

afterEach(() => localStorage.clear());

it("reads columns in their order, each once, and leaves out what nobody knows", () => {
  expect(readColumns("money,metadata.team,nonsense,data.order.id,money")).toEqual([
    "money",
    "metadata.team",
    "data.order.id",
  ]);
  expect(pathsShown(["metadata.team", "data.order.id"])).toEqual(["order.id"]);
});

it("a URL goes before what the browser remembers, and that before the usual ones", () => {
  expect(columnsOf(undefined)).toEqual(DEFAULT_COLUMNS);
  rememberColumns(["money"]);
  expect(columnsOf(undefined)).toEqual(["money"]);
  expect(columnsOf("tokens,started")).toEqual(["tokens", "started"]);
  rememberColumns([]);
  expect(columnsOf(undefined)).toEqual([]);
  rememberColumns(DEFAULT_COLUMNS);
  expect(localStorage.length).toBe(0);
});

it("moves a column by one place, and not beyond the ends", () => {
  expect(moved(["a", "b", "c"], "b", -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], "b", 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b", "c"], "c", 1)).toEqual(["a", "b", "c"]);
});
