/** The runs list's filter as it stands in the URL, and as the API takes it. */
import type { RunFilter } from "@/lib/api";
import { isObject, type Json, type JsonObject, parseJson, writeJson } from "@/lib/json";
import { textsOf, wordsOf } from "@/lib/search";
import { RUN_STATUSES, type RunStatus } from "@/lib/status";
import type { RunsAsked } from "@/queries/runs";
import { instantOfText, spanMs } from "./time-text";

export interface RunSearch {
  /** Several are separated by commas. */
  status?: string;
  /** `yes`: failed without a later success and not dismissed, or waiting for a person. */
  attention?: string;
  /** Start of the name or id. */
  name?: string;
  /** Words in the SOP. */
  q?: string;
  /** Name of the SOP. */
  sop?: string;
  /** Of a skill that was carried out, or `name@digest` for one version of it. */
  skill?: string;
  /** `path=value` in initial_data, several separated by spaces. */
  data?: string;
  /** The same in the metadata. */
  metadata?: string;
  /** The family of this run. */
  root?: string;
  /** Reruns of this very run. */
  parent?: string;
  /** How they failed, as a group of failures says. */
  signature?: string;
  /** In which skill they failed; with a signature and without this, in none. */
  failed?: string;
  /** `yes`: failed, and neither fixed by a later run nor dismissed. */
  open?: string;
  /** `yes`: reruns in which nothing went out; `no`: all others. */
  dry?: string;
  /** Created at or after this time. */
  after?: string;
  /** Created before this time. */
  before?: string;
  /** Created within so long: 90m, 24h, 7d. */
  last?: string;
  /** `yes`: one row per family. */
  folded?: string;
  /** The columns in their order, where they are not those that this browser remembers. */
  cols?: string;
  /** The run whose rerun dialog is open. */
  rerun?: string;
}

const TEXTS = [
  "status",
  "attention",
  "name",
  "q",
  "sop",
  "skill",
  "data",
  "metadata",
  "root",
  "parent",
  "signature",
  "failed",
  "open",
  "dry",
  "after",
  "before",
  "last",
  "folded",
  "cols",
  "rerun",
] as const satisfies (keyof RunSearch)[];

/** Keeps what a list can use of a URL's search; numbers are texts that look like one. */
export function validRunSearch(search: Record<string, unknown>): RunSearch {
  return textsOf(search, TEXTS);
}

export function statusesOf(search: RunSearch): RunStatus[] {
  return wordsOf(search.status, RUN_STATUSES);
}

export function hasFilter({ cols: _c, rerun: _r, folded: _f, ...terms }: RunSearch): boolean {
  return Object.values(terms).some(Boolean);
}

/** A value as it is typed: JSON where it is JSON, else text. `"42"` is the text, `42` the number. */
function typedValue(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** `order.id=A-17 vip=true` in its parts; a part that is not of this form has no path. */
export function dataParts(text: string | undefined): { path: string | null; value: string }[] {
  return ((text ?? "").match(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/g) ?? []).map((part) => {
    const [, path, value] = /^([^=\s]+)=(.+)$/s.exec(part) ?? [];
    return path === undefined || value === undefined ? { path: null, value: part } : { path, value };
  });
}

/** `order.id=A-17 vip=true` as the object that initial_data has to contain; null where it is not of this form. */
export function dataFilter(text: string): JsonObject | null {
  const found: JsonObject = {};
  for (const { path, value } of dataParts(text)) {
    if (path === null) return null;
    const keys = path.split(".");
    let place = found;
    for (const key of keys.slice(0, -1)) {
      const inner = Object.hasOwn(place, key) ? place[key] : undefined;
      const next: JsonObject = isObject(inner) ? inner : {};
      place[key] = next;
      place = next;
    }
    place[keys.at(-1) ?? ""] = typedValue(value);
  }
  return found;
}

/** What initial_data or metadata has to contain, as JSON text; undefined where nothing is asked or understood. */
function containment(text: string | undefined): string | undefined {
  const asked = text ? dataFilter(text) : null;
  return asked && Object.keys(asked).length > 0 ? writeJson(asked) : undefined;
}

/** A skill, with the beginning of a version's digest where one is named; undefined where it is neither. */
export function skillOf(text: string | undefined): { skill: string; digest: string | undefined } | undefined {
  const [, skill, digest] = /^([^@\s]+)(?:@([0-9a-f]{8,64}))?$/.exec(text ?? "") ?? [];
  return skill === undefined ? undefined : { skill, digest };
}

/** What the API is asked; parts that can't be understood are left out and shown as wrong in the filter line. */
export function runFilter(search: RunSearch): RunFilter {
  const statuses = statusesOf(search);
  const asked = skillOf(search.skill);
  return present({
    status: statuses.length > 0 ? statuses : undefined,
    attention: search.attention === "yes" || undefined,
    name: search.name,
    q: search.q,
    sop_name: search.sop,
    skill: asked?.skill,
    skill_digest: asked?.digest,
    root: search.root,
    parent: search.parent,
    signature: search.signature,
    failed_skill: search.signature ? (search.failed ?? "") : search.failed,
    open: search.open === "yes" || undefined,
    dry: search.dry === "yes" ? true : search.dry === "no" ? false : undefined,
    created_after: instantOfText(search.after) ?? undefined,
    created_before: instantOfText(search.before) ?? undefined,
    initial_data: containment(search.data),
    metadata: containment(search.metadata),
    folded: search.folded === "yes" || undefined,
  });
}

/** The list that a search asks for, with values at these paths of initial_data. */
export function runsAsked(search: RunSearch, show: string[]): RunsAsked {
  return { filter: runFilter(search), within: search.last ? spanMs(search.last) : null, show };
}

/** Without what is undefined, so that equal filters are equal keys. */
function present(filter: { [K in keyof RunFilter]: RunFilter[K] | undefined }): RunFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as RunFilter;
}
