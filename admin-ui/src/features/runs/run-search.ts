/** The runs list's filter as it stands in the URL, and as the API takes it. */
import type { RunFilter } from "@/lib/api";
import { isObject, type Json, type JsonObject, parseJson, writeJson } from "@/lib/json";
import { RUN_STATUSES, type RunStatus } from "@/lib/status";

export interface RunSearch {
  /** Several are separated by commas. */
  status?: string;
  /** Start of the name or id. */
  name?: string;
  /** Words in the SOP. */
  q?: string;
  /** `path=value`, several separated by spaces. */
  data?: string;
  /** The family of this run. */
  root?: string;
  /** How they failed, as a group of failures says. */
  signature?: string;
  /** With the signature: in which skill; without it in none. */
  failed?: string;
  /** `yes`: failed, and neither fixed by a later run nor dismissed. */
  open?: string;
  cursor?: string;
  /** The run whose rerun dialog is open. */
  rerun?: string;
}

const TEXTS = [
  "status",
  "name",
  "q",
  "data",
  "root",
  "signature",
  "failed",
  "open",
  "cursor",
  "rerun",
] as const;

/** Keeps what a list can use of a URL's search; numbers are texts that look like one. */
export function validRunSearch(search: Record<string, unknown>): RunSearch {
  const valid: RunSearch = {};
  for (const key of TEXTS) {
    const value = search[key];
    if (typeof value === "string" && value !== "") valid[key] = value;
    else if (typeof value === "number" || typeof value === "boolean") valid[key] = String(value);
  }
  return valid;
}

export function statusesOf(search: RunSearch): RunStatus[] {
  const wanted = (search.status ?? "").split(",");
  return RUN_STATUSES.filter((status) => wanted.includes(status));
}

export function hasFilter(search: RunSearch): boolean {
  const { status, name, q, data, root, signature, open } = search;
  return Boolean(status || name || q || data || root || signature || open);
}

/** A value as it is typed: JSON where it is JSON, else text. `"42"` is the text, `42` the number. */
function typedValue(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** `order.id=A-17 vip=true` as the object that initial_data has to contain; null where it is not of this form. */
export function dataFilter(text: string): JsonObject | null {
  const found: JsonObject = {};
  for (const part of text.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/g) ?? []) {
    const split = /^([^=\s]+)=(.+)$/s.exec(part);
    if (!split?.[1] || split[2] === undefined) return null;
    const keys = split[1].split(".");
    let place = found;
    for (const key of keys.slice(0, -1)) {
      const inner = Object.hasOwn(place, key) ? place[key] : undefined;
      const next: JsonObject = isObject(inner) ? inner : {};
      place[key] = next;
      place = next;
    }
    place[keys.at(-1) ?? ""] = typedValue(split[2]);
  }
  return found;
}

/** What the API is asked; parts that can't be understood are left out and shown as wrong by the field. */
export function runFilter(search: RunSearch): RunFilter {
  const filter: RunFilter = {};
  const statuses = statusesOf(search);
  if (statuses.length > 0) filter.status = statuses;
  if (search.name) filter.name = search.name;
  if (search.q) filter.q = search.q;
  if (search.root) filter.root = search.root;
  if (search.signature) {
    filter.signature = search.signature;
    filter.failed_skill = search.failed ?? "";
  }
  if (search.open === "yes") filter.open = true;
  const data = search.data ? dataFilter(search.data) : null;
  if (data && Object.keys(data).length > 0) filter.initial_data = writeJson(data);
  return filter;
}
