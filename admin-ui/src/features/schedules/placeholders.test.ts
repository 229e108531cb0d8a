import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { PLACEHOLDERS } from "./placeholders";

it("explains every name that the server fills in, and no other", () => {
  const source = readFileSync("../src/agentskills/domain/placeholders.py", "utf8");
  const table = /^NAMES[^{]*\{(.*?)^\}/ms.exec(source)?.[1] ?? "";
  const names = [...table.matchAll(/^ {4}"([^"]+)":/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(5);
  expect(PLACEHOLDERS.map(({ name }) => name)).toEqual(names);
});
