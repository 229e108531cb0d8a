/** What a rerun was asked for, beside its inputs, in words: from the stored request. */
import { PRESETS, presetOf } from "@/features/rerun/presets";
import { isObject, type Json, type JsonObject } from "@/lib/json";
import { absoluteTime } from "@/lib/time";

export interface AskedField {
  /** As the request names it. */
  name: string;
  said: string;
}

const FREEDOM: Record<string, Record<string, string>> = {
  plan: {
    unchanged: "The planner decides again only where something has changed",
    recorded: "The planner's decisions as they were recorded",
  },
  results: {
    unchanged: "Skills are carried out only where something has changed",
    recorded: "Results as they were recorded; nothing is carried out",
  },
};

const EFFECTS: Record<string, string> = {
  repeat: "Effects repeat, where somebody agrees",
  none: "Nothing goes out; recordings and samples stand in",
};

/** Every field that is not as usual, in the order in which a person decides on them. */
export function askedFor(request: JsonObject): AskedField[] {
  const preset = presetOf(request);
  const fields: [string, string | null][] = [
    ["preset", preset && PRESETS[preset].word],
    ["from", fromSaid(request.from)],
    ["plan", FREEDOM.plan?.[String(request.plan)] ?? null],
    ["results", FREEDOM.results?.[String(request.results)] ?? null],
    ["effects", EFFECTS[String(request.effects)] ?? null],
    ["consent", Array.isArray(request.consent) ? `May happen again: ${request.consent.join(", ")}` : null],
    ["skills", versionsSaid(request.skills)],
    ["model", typeof request.model === "string" ? request.model : null],
    ["sop", typeof request.sop === "string" ? "Another procedure than the parent's" : null],
    ["initial_data", isObject(request.initial_data) ? "Given as a whole" : null],
    ["run_name", typeof request.run_name === "string" ? request.run_name : null],
    ["not_before", typeof request.not_before === "string" ? dateSaid(request.not_before) : null],
  ];
  return fields.flatMap(([name, said]) => (said === null ? [] : [{ name, said }]));
}

/** What the line under the run's name must tell: whatever its preset does not say already. */
export function besidesPreset(request: JsonObject): string[] {
  const inPreset = presetOf(request) === null ? [] : ["from", "plan", "results", "effects"];
  const told = ["preset", "run_name", "sop", "initial_data", ...inPreset];
  return askedFor(request)
    .filter(({ name }) => !told.includes(name))
    .map(({ name, said }) =>
      ["model", "skills", "not_before"].includes(name) ? `${WORDS[name]} ${said}` : said,
    );
}

const WORDS: Record<string, string> = { model: "Model", skills: "Versions", not_before: "Not before" };

function fromSaid(from: Json | undefined): string | null {
  if (typeof from === "number") return `From step ${from} on`;
  return from === "failure" ? "From the step that failed" : null;
}

function versionsSaid(skills: Json | undefined): string | null {
  if (typeof skills === "string") return WHICH[skills] ?? skills;
  if (!isObject(skills)) return null;
  const { "*": all, ...chosen } = skills;
  return [
    ...(typeof all === "string" ? [`all ${WHICH[all] ?? all}`] : []),
    ...Object.entries(chosen).map(([name, digest]) => `${name} ${String(digest).slice(0, 12)}`),
  ].join(", ");
}

const WHICH: Record<string, string> = { pinned: "as in the run", latest: "latest" };

function dateSaid(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : absoluteTime(at);
}
