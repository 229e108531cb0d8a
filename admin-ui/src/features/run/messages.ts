/** What was said between a step and its model, as turns that people can read. */
import { isObject, type Json, writeJson } from "@/lib/json";

export interface Turn {
  who: string;
  /** Said by the model, and not to it. */
  model: boolean;
  text: string;
  /** It is code or data, not prose. */
  code: boolean;
}

const WORDS: Record<string, string> = {
  "system-prompt": "Instructions",
  "user-prompt": "Prompt",
  "tool-return": "Answer of the tool",
  "retry-prompt": "Asked to try again",
  text: "Model",
  thinking: "Model, thinking",
  "tool-call": "Model calls the tool",
};

/** The turns of kept messages; null where the record is in no form that is known here. */
export function turnsOf(content: Json): Turn[] | null {
  if (!Array.isArray(content)) return null;
  const turns: Turn[] = [];
  for (const message of content) {
    if (!isObject(message) || !Array.isArray(message.parts)) return null;
    if (typeof message.instructions === "string" && message.instructions !== "") {
      turns.push({ who: "Instructions", model: false, text: message.instructions, code: false });
    }
    for (const part of message.parts) {
      if (!isObject(part) || typeof part.part_kind !== "string") return null;
      const said = part.part_kind === "tool-call" ? part.args : part.content;
      const tool = typeof part.tool_name === "string" ? ` ${part.tool_name}` : "";
      turns.push({
        who: `${WORDS[part.part_kind] ?? part.part_kind}${tool}`,
        model: message.kind === "response",
        text: typeof said === "string" ? said : writeJson(said ?? null, 2),
        code: typeof said !== "string" || part.part_kind === "tool-call",
      });
    }
  }
  // Instructions are repeated with every request.
  return turns.filter(
    (turn, index) =>
      turn.who !== "Instructions" || turns.findIndex((other) => other.text === turn.text) === index,
  );
}
