/** What a backtest tries out, in one line. */
import { isObject, type JsonObject } from "@/lib/json";

export function differsText(rerun: JsonObject): string {
  const { skills, sop, model } = rerun;
  const said = [
    typeof sop === "string" ? "another procedure" : null,
    typeof model === "string" ? `model ${model}` : null,
    skills === undefined || skills === null || skills === "latest" ? "today's skill versions" : null,
    skills === "pinned" && typeof sop !== "string" && typeof model !== "string" ? "nothing else" : null,
    ...(isObject(skills)
      ? Object.entries(skills)
          .filter(([name]) => name !== "*")
          .map(([name, digest]) => `${name} ${String(digest).slice(0, 12)}`)
      : []),
  ].filter(Boolean);
  return `With ${said.join(", ") || "the versions of each run"}`;
}
