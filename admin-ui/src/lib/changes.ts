/** Differences between two JSON objects: as rows to show, and as a merge patch to send (RFC 7396). */
import { isObject, type Json, type JsonObject, sameJson } from "./json";

export interface Change {
  path: string;
  /** undefined: not there */
  before: Json | undefined;
  after: Json | undefined;
}

/** Every place where two objects differ, the deepest object paths first named; lists count as one value. */
export function changesBetween(before: JsonObject, after: JsonObject, prefix = ""): Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const left = Object.hasOwn(before, key) ? before[key] : undefined;
    const right = Object.hasOwn(after, key) ? after[key] : undefined;
    const path = prefix ? `${prefix}.${key}` : key;
    if (isObject(left) && isObject(right)) return changesBetween(left, right, path);
    return sameJson(left, right) ? [] : [{ path, before: left, after: right }];
  });
}

/** The merge patch that makes `after` from `before`, or null where a patch can't say it (a null that is meant). */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject | null {
  const patch: JsonObject = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null;
  for (const [key, right] of Object.entries(after)) {
    const left = Object.hasOwn(before, key) ? before[key] : undefined;
    if (sameJson(left, right)) continue;
    const value = isObject(left) && isObject(right) ? mergePatch(left, right) : right;
    // null removes, and assigning this key would set the prototype.
    if (value === null || (value === right && removesSomething(right)) || key === "__proto__") return null;
    patch[key] = value;
  }
  return patch;
}

/** Whether a patch would read this value as an order to remove; inside lists null is plain data. */
function removesSomething(value: Json): boolean {
  return value === null || (isObject(value) && Object.values(value).some(removesSomething));
}
