/** What the filter line offers to finish what is being typed. */
import { RUN_STATUSES, STATUS } from "@/lib/status";
import { KEYS, PATH_KEYS, quoted, words, writeTerm } from "./terms";

/** What the server knows, as far as it has been asked. */
export interface Known {
  skills: string[];
  sops: string[];
  /** Paths of values in the metadata of the rows in sight. */
  metadata: string[];
}

export interface Completion {
  /** What stands in place of the word then. */
  text: string;
  meaning: string;
  /** Whether it is a whole term; else its value is still to come. */
  whole: boolean;
}

const MOST = 12;

/** The word that is being typed, and what stands before it. */
export function lastWord(typed: string): { before: string; word: string } {
  const last = words(typed).at(-1) ?? "";
  return typed.endsWith(last) && last !== ""
    ? { before: typed.slice(0, -last.length), word: last }
    : { before: typed, word: "" };
}

/** What `typed` becomes with a completion in place of its last word. */
export function completed(typed: string, { text }: Completion): string {
  return lastWord(typed).before + text;
}

export function completions(typed: string, known: Known): Completion[] {
  const { before, word } = lastWord(typed);
  const [, key, value] = /^([A-Za-z][\w.-]*):(.*)$/s.exec(word) ?? [];
  if (key !== undefined && value !== undefined) return valuesOf(key, value, known).slice(0, MOST);
  const isPath = Object.keys(PATH_KEYS).some((first) => word.startsWith(`${first}.`));
  const free = before.trim() === "" && word !== "" && !isPath ? freeText(word) : [];
  return [...keysLike(word, known), ...(word.length > 1 ? valuesLike(word, known) : []), ...free].slice(
    0,
    MOST + free.length,
  );
}

function keysLike(word: string, known: Known): Completion[] {
  const plain = Object.entries(KEYS).map(([key, { meaning, example }]) => ({
    text: `${key}:`,
    meaning: `${meaning}, for instance ${example}`,
    whole: false,
  }));
  const paths = Object.entries(PATH_KEYS).map(([key, { meaning, example }]) => ({
    text: `${key}.`,
    meaning: `${meaning}, for instance ${key}.${example}`,
    whole: false,
  }));
  const seen = word.startsWith("metadata.")
    ? known.metadata.map((path) => ({
        text: `metadata.${path}:`,
        meaning: "Seen in these runs",
        whole: false,
      }))
    : [];
  return [...plain, ...paths, ...seen].filter(({ text }) => text.startsWith(word) && text !== word);
}

/** Words that are not a key: what they can mean. */
function freeText(word: string): Completion[] {
  return [
    { text: writeTerm({ key: "name", value: word }), meaning: "Name or id starts with it", whole: true },
    { text: writeTerm({ key: "text", value: word }), meaning: "The SOP has this word", whole: true },
  ];
}

function valuesLike(word: string, known: Known): Completion[] {
  return ["status", "skill", "sop"].flatMap((key) => valuesOf(key, word, known).slice(0, 4));
}

function valuesOf(key: string, typed: string, known: Known): Completion[] {
  const wanted = typed.replace(/^"/, "").toLowerCase();
  return choices(key, known)
    .filter(({ value }) => value.toLowerCase().includes(wanted))
    .map(({ value, meaning }) => ({ text: `${key}:${quoted(value)}`, meaning, whole: true }));
}

function choices(key: string, known: Known): { value: string; meaning: string }[] {
  const all = (values: string[], meaning: string) => values.map((value) => ({ value, meaning }));
  switch (key) {
    case "status":
      return RUN_STATUSES.map((status) => ({ value: status, meaning: STATUS[status].meaning }));
    case "skill":
      return all(known.skills, "Runs that used this skill");
    case "failed":
      return all(known.skills, "Runs that failed in this skill");
    case "sop":
      return all(known.sops, "Runs of this SOP");
    case "last":
      return [
        { value: "1h", meaning: "Last hour" },
        { value: "24h", meaning: "Last 24 hours" },
        { value: "7d", meaning: "Last 7 days" },
        { value: "30d", meaning: "Last 30 days" },
      ];
    case "attention":
    case "open":
      return all(["yes"], KEYS[key]?.meaning ?? "");
    case "dry":
      return [
        { value: "yes", meaning: "Only reruns in which nothing went out" },
        { value: "no", meaning: "All others" },
      ];
    default:
      return [];
  }
}
