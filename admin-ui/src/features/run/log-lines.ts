/** What a step's processes wrote, line by line, each with how grave it is. */
import type { StepRecord } from "@/lib/api";

export const LEVELS = ["debug", "info", "warning", "error"] as const;
export type Level = (typeof LEVELS)[number];

export interface LogLine {
  /** Place in the whole, from 0. */
  index: number;
  level: Level;
  stream: "stdout" | "stderr";
  attempt: number;
  text: string;
}

const WORD = /\b(?:(ERROR|CRITICAL|FATAL|EXCEPTION)|(WARN(?:ING)?)|(INFO|NOTICE)|(DEBUG|TRACE))\b/;
/** A level stands near the beginning; further on it is a word like any other. */
const NEAR = 64;

export function isLog({ kind }: StepRecord): boolean {
  return kind === "stdout" || kind === "stderr";
}

/** All lines in the order of attempts; a line without a level has that of the line it goes on from. */
export function logLines(kept: StepRecord[]): LogLine[] {
  const lines: LogLine[] = [];
  for (const { kind, attempt, content } of kept) {
    if (kind !== "stdout" && kind !== "stderr") continue;
    // Nobody says how grave plain output is; what goes to stderr is more often worth a look.
    let level: Level = kind === "stderr" ? "warning" : "info";
    const text = typeof content === "string" ? content : String(content);
    for (const line of text.replace(/\n$/, "").split("\n")) {
      level = levelOf(line) ?? level;
      lines.push({ index: lines.length, level, stream: kind, attempt, text: line.replace(/\r$/, "") });
    }
  }
  return lines;
}

function levelOf(line: string): Level | null {
  if (line.startsWith("Traceback (most recent call last)")) return "error";
  const found = WORD.exec(line.slice(0, NEAR));
  if (!found) return null;
  if (found[1]) return "error";
  if (found[2]) return "warning";
  return found[3] ? "info" : "debug";
}

/** The lines at least that grave, with the text in them. */
export function linesWith(lines: LogLine[], least: Level, text: string): LogLine[] {
  const wanted = text.trim().toLowerCase();
  const from = LEVELS.indexOf(least);
  return lines.filter(
    (line) =>
      LEVELS.indexOf(line.level) >= from && (wanted === "" || line.text.toLowerCase().includes(wanted)),
  );
}
