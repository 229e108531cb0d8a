/** What is chosen in the rerun dialog, and the request that says it. */
import type { RerunRequest } from "@/lib/api";
import { mergePatch } from "@/lib/changes";
import { isObject, type Json, type JsonObject, parseJson, sameJson } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";
import { instantOf, shownZone } from "@/lib/zone";
import { PRESETS, type PresetName } from "./presets";

/** A value that a step produced, and what a person puts in its place. */
export interface Correction {
  keys: string[];
  /** What the step produced. */
  was: Json;
  /** As it is typed, JSON. */
  text: string;
}

export interface Choice {
  preset: PresetName;
  /** For "from a step". */
  step: number | null;
  /** initial_data as it is typed. */
  text: string;
  corrections: Correction[];
  /** null: what the preset says. */
  versions: "latest" | "pinned" | null;
  /** Skills that differ from that, by digest. */
  chosen: Record<string, string>;
  effects: "once" | "repeat" | "none";
  consent: string[];
  reason: string;
  sop: string | null;
  model: string;
  runName: string;
  /** As a datetime-local field has it, in the zone that times are shown in. */
  notBefore: string;
}

export function firstChoice(initialData: JsonObject, preset: PresetName, step: number | null): Choice {
  return {
    preset,
    step,
    text: draftOf(initialData),
    corrections: [],
    versions: null,
    chosen: {},
    effects: PRESETS[preset].fields.effects ?? "once",
    consent: [],
    reason: "",
    sop: null,
    model: "",
    runName: "",
    notBefore: "",
  };
}

/** Whether anything was typed that would have to be typed again; what was only ticked counts as little. */
export function isTyped(choice: Choice, original: JsonObject, sop: string): boolean {
  return (
    choice.text !== draftOf(original) ||
    choice.corrections.some(differs) ||
    (choice.sop !== null && choice.sop !== sop) ||
    [choice.reason, choice.model, choice.runName, choice.notBefore].some((text) => text.trim() !== "")
  );
}

/** Another preset brings its own effects along; everything else that was edited stays. */
export function withPreset(choice: Choice, preset: PresetName, step: number | null): Choice {
  const was = PRESETS[choice.preset].fields.effects ?? "once";
  const effects = choice.effects === was ? (PRESETS[preset].fields.effects ?? "once") : choice.effects;
  return { ...choice, preset, step, effects };
}

/** The value of a correction; undefined while it is no JSON. */
export function correctedValue({ text }: Correction): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Whether it puts another value in place; one that was only opened, or typed back, does not. */
export function differs(correction: Correction): boolean {
  const value = correctedValue(correction);
  return value === undefined || !sameJson(value, correction.was);
}

/** The request; null while something that was typed can't be read. */
export function requestOf(choice: Choice, original: JsonObject, sop: string): RerunRequest | null {
  const draft = readDraft(choice.text);
  const values = choice.corrections.map(correctedValue);
  if (!draft.value || values.includes(undefined)) return null;
  if (choice.preset === "from-step" && choice.step === null) return null;
  const { effects: _, ...fields } = PRESETS[choice.preset].fields;
  const request: RerunRequest = { ...fields };
  if (choice.preset === "from-step" && choice.step !== null) request.from = choice.step;
  if (choice.effects !== "once") request.effects = choice.effects;
  if (choice.effects !== "none" && choice.consent.length > 0) request.consent = choice.consent;
  const skills = versionsOf(choice);
  if (skills) request.skills = skills;
  if (choice.reason.trim()) request.reason = choice.reason.trim();
  if (choice.sop !== null && choice.sop !== sop) request.sop = choice.sop;
  if (choice.model.trim()) request.model = choice.model.trim();
  if (choice.runName.trim()) request.run_name = choice.runName.trim();
  const notBefore = instantOf(choice.notBefore, shownZone.get());
  if (notBefore) request.not_before = notBefore;
  return { ...request, ...inputsOf(original, draft.value, choice.corrections.filter(differs)) };
}

function versionsOf({ versions, chosen }: Choice): RerunRequest["skills"] {
  if (Object.keys(chosen).length === 0) return versions ?? undefined;
  return versions === null ? chosen : { "*": versions, ...chosen };
}

/** A patch where one can say the change, so that the record shows what was changed; else the whole object. */
function inputsOf(original: JsonObject, edited: JsonObject, corrections: Correction[]): RerunRequest {
  const patch = sameJson(original, edited) ? {} : mergePatch(original, edited);
  const changes = corrections.reduce<JsonObject>(
    (made, { keys, text }) => assigned(made, keys, parseJson(text)),
    patch ?? {},
  );
  return {
    ...(patch === null ? { initial_data: edited } : {}),
    ...(Object.keys(changes).length > 0 ? { changes } : {}),
  };
}

/** `data` with a value at the place that the keys lead to. */
function assigned(data: JsonObject, [key = "", ...rest]: string[], value: Json): JsonObject {
  const inner = Object.hasOwn(data, key) ? data[key] : undefined;
  const next = rest.length === 0 ? value : assigned(isObject(inner) ? inner : {}, rest, value);
  return { ...data, [key]: next };
}
