import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ERROR_TYPES } from "./error-types";

it("offers every type that the server lets qualify, and no other", () => {
  const source = readFileSync("../src/agentskills/domain/failure_types.py", "utf8");
  const table = /^MAY[^\n]*\n(.*?)^\)/ms.exec(source)?.[1] ?? "";
  const names = [...table.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(ERROR_TYPES).toEqual(names);
});
