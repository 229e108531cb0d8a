import { describe, expect, it } from "vitest";
import { linesOf } from "./hunks";

describe("lines of a unified diff", () => {
  it("numbers each line before and after, and begins anew with each hunk", () => {
    const text =
      "@@ -1,2 +1,3 @@\n same\n-old\n+new\n+more\n@@ -10 +11 @@\n-x\n+y\n\\ No newline at end of file\n";
    expect(linesOf(text).map(({ sign, before, after }) => [sign, before, after])).toEqual([
      ["@", null, null],
      [" ", 1, 1],
      ["-", 2, null],
      ["+", null, 2],
      ["+", null, 3],
      ["@", null, null],
      ["-", 10, null],
      ["+", null, 11],
      ["\\", null, null],
    ]);
    expect(linesOf(text)[2]?.text).toBe("old");
  });

  it("keeps empty lines and lines that look like others", () => {
    expect(linesOf("@@ -1 +1,2 @@\n--- a\n+\n").map(({ text }) => text)).toEqual([
      "@@ -1 +1,2 @@",
      "-- a",
      "",
    ]);
  });
});
