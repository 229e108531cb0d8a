/** What the first runs of a batch have to show, in words. */
import { type JsonObject, writeJson } from "@/lib/json";

export function gateText(gate: JsonObject | null): string {
  if (gate === null) return "must complete";
  if ("equals" in gate) return `must complete with ${gate.path} = ${writeJson(gate.equals)}`;
  return `must complete ${gate.exists === false ? "without" : "with"} ${gate.path}`;
}
