import { expect, it } from "vitest";
import { linesWith, logLines } from "./log-lines";

const OUT = "starting\n2026-11-20 WARNING slow answer\nDEBUG 3 rows\n";
const ERR = "Traceback (most recent call last)\n  File x\r\nnoise";
const lines = logLines([
  { kind: "stdout", attempt: 1, content: OUT, at: "" },
  { kind: "messages", attempt: 1, content: [], at: "" },
  { kind: "stderr", attempt: 2, content: ERR, at: "" },
]);

it("says how grave each line is; a line without a level goes on from the one before", () => {
  expect(lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
    "info: starting",
    "warning: 2026-11-20 WARNING slow answer",
    "debug: DEBUG 3 rows",
    "error: Traceback (most recent call last)",
    "error:   File x",
    "error: noise",
  ]);
  expect(lines.map(({ index, attempt }) => [index, attempt])[3]).toEqual([3, 2]);
});

it("takes a level for one only near the beginning", () => {
  const [line] = logLines([{ kind: "stdout", attempt: 1, content: `${"x ".repeat(40)}ERROR`, at: "" }]);
  expect(line?.level).toBe("info");
});

it("finds by level and text", () => {
  expect(linesWith(lines, "warning", "").length).toBe(4);
  expect(linesWith(lines, "debug", "ROWS").map(({ index }) => index)).toEqual([2]);
});
