/** JSON while it is being typed: its value, or what is wrong and where. */
import { isObject, type JsonObject, parseJson, writeJson } from "./json";

export interface DraftError {
  message: string;
  from: number;
  to: number;
}

export type Draft = { value: JsonObject; error: null } | { value: null; error: string };

/** Where text is not the JSON object it should be; empty text counts as {}. */
export function placeOfError(text: string): DraftError | null {
  if (text.trim() === "") return null;
  try {
    const value = parseJson(text);
    if (isObject(value)) return null;
    return { message: "This has to be a JSON object: { … }", from: 0, to: text.length };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const found = /at position (\d+)/.exec(message);
    const from = Math.min(found ? Number(found[1]) : text.length, text.length);
    return { message: message.replace(/ at position \d+/, ""), from, to: Math.min(from + 1, text.length) };
  }
}

/** The object that a text stands for. */
export function readDraft(text: string): Draft {
  const error = placeOfError(text);
  if (error) {
    const line = text.slice(0, error.from).split("\n").length;
    return { value: null, error: `Line ${line}: ${error.message}` };
  }
  return { value: text.trim() === "" ? {} : (parseJson(text) as JsonObject), error: null };
}

/** An object as text to edit. */
export function draftOf(value: JsonObject): string {
  return writeJson(value, 2);
}
