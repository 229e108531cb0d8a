import { expect, it } from "vitest";
import { turnsOf } from "./messages";

it("tells who said what", () => {
  const turns = turnsOf([
    {
      kind: "request",
      instructions: "Be brief.",
      parts: [
        { part_kind: "system-prompt", content: "You pick skills." },
        { part_kind: "user-prompt", content: "Refund A-1" },
      ],
    },
    {
      kind: "response",
      parts: [
        { part_kind: "text", content: "I look it up." },
        { part_kind: "tool-call", tool_name: "fetch", args: '{"id": 1}' },
      ],
    },
    {
      kind: "request",
      instructions: "Be brief.",
      parts: [{ part_kind: "tool-return", tool_name: "fetch", content: { id: 1 } }],
    },
  ]);
  expect(turns?.map(({ who, model, code }) => [who, model, code])).toEqual([
    ["Instructions", false, false],
    ["Instructions", false, false],
    ["Prompt", false, false],
    ["Model", true, false],
    ["Model calls the tool fetch", true, true],
    ["Answer of the tool fetch", false, true],
  ]);
  expect(turns?.at(-1)?.text).toBe('{\n  "id": 1\n}');
});

it("leaves alone what it does not know", () => {
  expect(turnsOf("text")).toBeNull();
  expect(turnsOf([{ role: "user" }])).toBeNull();
});
