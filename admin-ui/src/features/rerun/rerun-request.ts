/** From what was edited to what is sent: nothing where nothing was edited. */
import type { RerunRequest } from "@/lib/api";
import { mergePatch } from "@/lib/changes";
import { type JsonObject, sameJson } from "@/lib/json";

/** A patch where one can say the change, so that the record shows what was changed; else the whole object. */
export function rerunRequest(original: JsonObject, edited: JsonObject, reason: string): RerunRequest {
  const request: RerunRequest = reason.trim() === "" ? {} : { reason: reason.trim() };
  if (sameJson(original, edited)) return request;
  const changes = mergePatch(original, edited);
  return changes === null ? { ...request, initial_data: edited } : { ...request, changes };
}
