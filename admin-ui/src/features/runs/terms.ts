/** The filter in words, `status:failed data.order.id:42`: read, written, and as the URL's search has it. */
import { RUN_STATUSES } from "@/lib/status";
import { dataParts, type RunSearch, skillOf, statusesOf } from "./run-search";
import { instantOfText, spanMs, textOfInstant } from "./time-text";

export interface Term {
  /** One of KEYS, or `data.` or `metadata.` with a path. */
  key: string;
  /** Without quotes; of data and metadata as JSON has it, where `"42"` is the text and `42` the number. */
  value: string;
  /** Why it finds nothing out. */
  wrong?: string;
}

interface Key {
  field: keyof RunSearch;
  meaning: string;
  /** As an example of what to write. */
  example: string;
  /** The value to keep, or null where it is none. */
  read?: (value: string) => string | null;
  /** What to write instead. */
  advice?: string;
}

const yes = (value: string) => (value === "yes" ? "yes" : null);
const ONLY_YES = "Write yes";

export const KEYS: Record<string, Key> = {
  status: {
    field: "status",
    meaning: "Where the run stands",
    example: "failed",
    read: (value) => {
      const words = value.split(",");
      return words.every((word) => (RUN_STATUSES as string[]).includes(word)) ? value : null;
    },
    advice: `Write one of ${RUN_STATUSES.join(", ")}`,
  },
  attention: {
    field: "attention",
    meaning: "Failed and not fixed, or waiting for a person",
    example: "yes",
    read: yes,
    advice: ONLY_YES,
  },
  name: { field: "name", meaning: "Name or id starts with", example: "refund" },
  skill: {
    field: "skill",
    meaning: "A skill that was carried out; skill@digest for one version",
    example: "send-mail",
    read: (value) => (skillOf(value) ? value : null),
    advice: "Write a skill's name, or name@ and at least 8 digits of a version's digest",
  },
  sop: { field: "sop", meaning: "Name of the SOP", example: "order-refund" },
  text: { field: "q", meaning: "Words in the SOP", example: "refund" },
  open: {
    field: "open",
    meaning: "Failed, neither fixed by a later run nor dismissed",
    example: "yes",
    read: yes,
    advice: ONLY_YES,
  },
  after: {
    field: "after",
    meaning: "Created at or after",
    example: "2026-11-01",
    read: instantOfText,
    advice: "Write a day as 2026-11-01, or a time as 2026-11-01T14:30",
  },
  before: {
    field: "before",
    meaning: "Created before",
    example: "2026-11-02",
    read: instantOfText,
    advice: "Write a day as 2026-11-01, or a time as 2026-11-01T14:30",
  },
  last: {
    field: "last",
    meaning: "Created within the last",
    example: "24h",
    read: (value) => (spanMs(value) === null ? null : value),
    advice: "Write 30m, 24h or 7d",
  },
  root: { field: "root", meaning: "The family of this run", example: "run_…" },
  "rerun-of": { field: "parent", meaning: "Reruns of this very run", example: "run_…" },
  failed: { field: "failed", meaning: "The skill in which the run failed", example: "send-mail" },
  signature: { field: "signature", meaning: "How the run failed", example: "skill-error" },
  dry: {
    field: "dry",
    meaning: "Reruns in which nothing went out",
    example: "yes",
    read: (value) => (value === "yes" || value === "no" ? value : null),
    advice: "Write yes or no",
  },
};

/** Those that take a path after a dot. */
export const PATH_KEYS = {
  data: { meaning: "A value in the initial data", example: "order.id:42" },
  metadata: { meaning: "A value in the metadata", example: "team:ops" },
} as const;
type PathKey = keyof typeof PATH_KEYS;

/** A text in its words; quotes hold together what has spaces. */
export function words(text: string): string[] {
  return text.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
}

/** What is typed as terms; words without a key are the start of a name. */
export function readTerms(text: string): Term[] {
  const terms: Term[] = [];
  for (const word of words(text)) {
    const term = readTerm(word);
    const last = terms.at(-1);
    if (term.key === "name" && last?.key === "name" && !word.startsWith("name:")) {
      last.value = `${last.value} ${term.value}`;
    } else terms.push(term);
  }
  return terms;
}

function readTerm(word: string): Term {
  const [, key, value] = /^([A-Za-z][\w-]*(?:\.[^\s:"]*)?):(.*)$/s.exec(word) ?? [];
  if (key === undefined || value === undefined) {
    return closed(word) ? { key: "name", value: unquoted(word) } : wrong("name", word, UNCLOSED);
  }
  if (value === "") return wrong(key, value, `Write what to look for behind ${key}:`);
  if (!closed(value)) return wrong(key, value, UNCLOSED);
  const [first = "", ...path] = key.split(".");
  if (Object.hasOwn(PATH_KEYS, first)) {
    if (path.length > 0 && path.every((part) => part !== "")) return { key, value };
    return wrong(
      key,
      value,
      `Write a path behind ${first}, for instance ${first}.${PATH_KEYS[first as PathKey].example}`,
    );
  }
  const known = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (!known)
    return wrong(key, value, `There is no filter “${key}”; to look for a name write name:"${word}"`);
  const kept = known.read ? known.read(unquoted(value)) : unquoted(value);
  return kept === null ? wrong(key, value, known.advice ?? "This is not understood") : { key, value: kept };
}

const UNCLOSED = "A quotation mark is not closed";
const wrong = (key: string, value: string, why: string): Term => ({ key, value, wrong: why });
const closed = (text: string) => text.replace(/\\./g, "").split('"').length % 2 === 1;

function unquoted(text: string): string {
  const [, inner] = /^"((?:[^"\\]|\\.)*)"$/s.exec(text) ?? [];
  return inner === undefined ? text : inner.replace(/\\(.)/gs, "$1");
}

/** A term as it is typed. */
export function writeTerm({ key, value, wrong: why }: Term): string {
  const times = key === "after" || key === "before";
  const text = times && !why ? textOfInstant(value) : value;
  return `${key}:${why || isPath(key) ? text : quoted(text)}`;
}

export const writeTerms = (terms: Term[]) => terms.map(writeTerm).join(" ");

/** In quotes where it needs them. */
export function quoted(text: string): string {
  return /[\s"\\]/.test(text) || text === "" ? `"${text.replace(/["\\]/g, "\\$&")}"` : text;
}

const isPath = (key: string) => key.startsWith("data.") || key.startsWith("metadata.");

/** What the URL's search asks, as terms in the order of KEYS. */
export function termsOf(search: RunSearch): Term[] {
  const terms: Term[] = [];
  for (const [key, { field, read, advice }] of Object.entries(KEYS)) {
    const value = search[field];
    if (!value) continue;
    if (key === "status") terms.push(...statusesOf(search).map((status) => ({ key, value: status })));
    else {
      const kept = read ? read(value) : value;
      terms.push(
        kept === null ? wrong(key, value, advice ?? "This is not understood") : { key, value: kept },
      );
    }
  }
  for (const first of ["data", "metadata"] as const) {
    for (const { path, value } of dataParts(search[first])) {
      if (path === null) terms.push(wrong(first, value, "Write path=value"));
      else terms.push({ key: `${first}.${path}`, value });
    }
  }
  return terms;
}

/** The search that asks for a term as well; wrong ones change nothing. */
export function withTerm(search: RunSearch, term: Term): RunSearch {
  if (term.wrong) return search;
  if (isPath(term.key)) {
    const { first, path } = pathOf(term.key);
    const others = dataParts(search[first]).filter((part) => part.path !== path);
    return { ...search, [first]: joined([...others, { path, value: term.value }]) };
  }
  const field = KEYS[term.key]?.field;
  if (!field) return search;
  if (field === "status") {
    const all = new Set([...statusesOf(search), ...term.value.split(",")]);
    return { ...search, status: [...all].join(",") };
  }
  const times: RunSearch =
    field === "last"
      ? { after: undefined, before: undefined }
      : field === "after" || field === "before"
        ? { last: undefined }
        : {};
  return { ...search, ...times, [field]: term.value };
}

/** The search without this term. */
export function withoutTerm(search: RunSearch, term: Term): RunSearch {
  if (isPath(term.key) || term.key in PATH_KEYS) {
    const { first, path } = pathOf(term.key);
    const left = dataParts(search[first]).filter(
      (part) => part.path !== (path || null) || part.value !== term.value,
    );
    return { ...search, [first]: joined(left) };
  }
  const field = KEYS[term.key]?.field;
  if (!field) return search;
  if (field === "status") {
    const left = statusesOf(search).filter((status) => status !== term.value);
    return { ...search, status: left.join(",") || undefined };
  }
  return { ...search, [field]: undefined };
}

function pathOf(key: string): { first: PathKey; path: string } {
  const dot = key.indexOf(".");
  return dot < 0
    ? { first: key as PathKey, path: "" }
    : { first: key.slice(0, dot) as PathKey, path: key.slice(dot + 1) };
}

function joined(parts: { path: string | null; value: string }[]): string | undefined {
  return parts.map(({ path, value }) => (path === null ? value : `${path}=${value}`)).join(" ") || undefined;
}
