/** A new run while it is being put together, and the request that comes of it. */
import type { RunMetadata, Sop, StartRequest } from "@/lib/api";
import { isObject, type Json, type JsonObject, parseJson, writeJson } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";

export const LIMITS = ["steps", "seconds", "tokens", "money"] as const;
export type Limit = (typeof LIMITS)[number];

export interface StartDraft {
  /** The text of one's own procedure. */
  sop: string;
  /** initial_data as it is typed. */
  text: string;
  name: string;
  /** The only skills that may be used; none: the planner chooses. */
  skills: string[];
  model: string;
  priority: "" | "batch";
  limits: Record<Limit, string>;
  /** As it is typed; empty: none. */
  metadata: string;
}

export function emptyDraft(data: JsonObject = {}): StartDraft {
  return {
    sop: "",
    text: draftOf(data),
    name: "",
    skills: [],
    model: "",
    priority: "",
    limits: { steps: "", seconds: "", tokens: "", money: "" },
    metadata: "",
  };
}

/** The draft of a run that starts from what another one started from. */
export function draftOfRun(run: RunMetadata): StartDraft {
  const given = isObject(run.limits as Json) ? (run.limits as JsonObject) : {};
  const limits = LIMITS.map((name) => [name, given[name] === undefined ? "" : String(given[name])]);
  return {
    ...emptyDraft(run.initial_data),
    sop: run.sop,
    skills: run.skills ?? [],
    model: run.model ?? "",
    limits: Object.fromEntries(limits) as Record<Limit, string>,
    metadata: Object.keys(run.metadata).length > 0 ? draftOf(run.metadata as JsonObject) : "",
  };
}

/** What is sent; null where it can't be: data or metadata are no JSON object, or there is no procedure. */
export function requestOf(draft: StartDraft, sop: Sop | undefined): StartRequest | null {
  const data = readDraft(draft.text).value;
  const metadata = readDraft(draft.metadata).value;
  if (!data || !metadata || (!sop && draft.sop.trim() === "")) return null;
  const limits = LIMITS.flatMap((name): [string, Json][] => {
    const typed = draft.limits[name].trim();
    return typed === "" ? [] : [[name, numberOf(typed)]];
  });
  return {
    ...(sop ? { sop_name: sop.name } : { sop: draft.sop }),
    initial_data: data,
    ...(draft.name.trim() === "" ? {} : { run_name: draft.name.trim() }),
    ...(draft.skills.length > 0 ? { skills: draft.skills } : {}),
    ...(draft.model.trim() === "" ? {} : { model: draft.model.trim() }),
    ...(draft.priority === "" ? {} : { priority: draft.priority }),
    ...(limits.length > 0 ? { limits: Object.fromEntries(limits) } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  };
}

/** What was typed, as a number where it is one; the server says what is wrong with the rest. */
function numberOf(typed: string): Json {
  try {
    return parseJson(typed);
  } catch {
    return typed;
  }
}

/** The data with an empty place at each path that is missing; what stands in the way is left as it is. */
export function withPlaces(data: JsonObject, paths: readonly string[]): JsonObject {
  return paths.reduce((filled, path) => {
    const list = path.endsWith("[]");
    return placed(filled, path.replace(/\[\]$/, "").split("."), list ? [] : null);
  }, data);
}

function placed(data: JsonObject, keys: string[], value: Json): JsonObject {
  const [key, ...rest] = keys;
  if (key === undefined) return data;
  const there = Object.hasOwn(data, key) ? data[key] : undefined;
  if (rest.length === 0) return there === undefined ? { ...data, [key]: value } : data;
  if (there !== undefined && there !== null && !isObject(there)) return data;
  return { ...data, [key]: placed(isObject(there) ? there : {}, rest, value) };
}

/** The paths at which nothing but an empty place stands. */
export function emptyPlaces(data: JsonObject, paths: readonly string[]): string[] {
  return paths.filter((path) => {
    let value: Json | undefined = data;
    for (const key of path.replace(/\[\]$/, "").split(".")) {
      value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value === null || value === "";
  });
}

/** Text that tells two requests apart. */
export const textOfRequest = (request: StartRequest | null) => (request ? writeJson(request) : null);

/** Whether anything stands in the form that it did not begin with. */
export function isEdited(draft: StartDraft, first: StartDraft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(first);
}
