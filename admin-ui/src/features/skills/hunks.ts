/** The lines of a unified diff, each with its numbers before and after. */

export interface DiffLine {
  /** `+` added, `-` removed, ` ` the same, `@` where a hunk begins, `\\` a note. */
  sign: string;
  text: string;
  before: number | null;
  after: number | null;
}

export function linesOf(hunks: string): DiffLine[] {
  let [before, after] = [0, 0];
  return hunks
    .split("\n")
    .slice(0, -1)
    .map((line): DiffLine => {
      const sign = line.charAt(0);
      const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line);
      if (start) {
        [before, after] = [Number(start[1]), Number(start[2])];
        return { sign, text: line, before: null, after: null };
      }
      if (sign === "\\") return { sign, text: line, before: null, after: null };
      return {
        sign,
        text: line.slice(1),
        before: sign === "+" ? null : before++,
        after: sign === "-" ? null : after++,
      };
    });
}
