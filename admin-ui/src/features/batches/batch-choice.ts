/** What is chosen in the batch dialog, and the request that says it. */
import { PRESETS, type PresetName } from "@/features/rerun/presets";
import type { RunFilter } from "@/lib/api";
import type { BatchRequest } from "@/lib/api/batches";
import { isNumber, type Json, type JsonObject, parseJson } from "@/lib/json";

/** The presets that can be asked of many runs at once. */
export const BATCH_PRESETS = ["from-failure", "only-what-changed", "again"] as const;
export const MORE_BATCH_PRESETS = ["audit-replay", "same-path", "what-if"] as const;
export type BatchPreset = Exclude<PresetName, "from-step">;

/** Which runs: those with these ids, or all that the filter of the list finds. */
export type BatchTarget = { ids: readonly string[] } | { filter: RunFilter };

/** Texts as they are typed; empty is not given. */
export interface BatchChoice {
  name: string;
  reason: string;
  preset: BatchPreset;
  versions: "latest" | "pinned" | null;
  effects: "once" | "repeat" | "none";
  consent: string[];
  onlyOpen: boolean;
  order: "" | "oldest" | "newest";
  orderByKey: string;
  concurrency: string;
  tokens: string;
  money: string;
  canary: string;
  gatePath: string;
  /** JSON, or a text; empty: there must be a value. */
  gateValue: string;
  /** In per cent. */
  failureRate: string;
}

export function firstBatchChoice(part: Partial<BatchChoice> = {}): BatchChoice {
  return {
    name: "",
    reason: "",
    preset: "from-failure",
    versions: null,
    effects: "once",
    consent: [],
    onlyOpen: true,
    order: "",
    orderByKey: "",
    concurrency: "",
    tokens: "",
    money: "",
    canary: "",
    gatePath: "",
    gateValue: "",
    failureRate: "",
    ...part,
  };
}

/** Another preset brings its own effects along; everything else stays. */
export function withBatchPreset(choice: BatchChoice, preset: BatchPreset): BatchChoice {
  const was = PRESETS[choice.preset].fields.effects ?? "once";
  const effects = choice.effects === was ? (PRESETS[preset].fields.effects ?? "once") : choice.effects;
  return { ...choice, preset, effects };
}

const NUMBERS = ["concurrency", "tokens", "money", "canary", "failureRate"] as const;
type NumberField = (typeof NUMBERS)[number];

/** What is typed into these fields and is no number that they can take. */
export function wrongNumbers(choice: BatchChoice): NumberField[] {
  return NUMBERS.filter((name) => choice[name].trim() !== "" && numberOf(choice[name]) === null);
}

/** The request; null while something that was typed can't be read. */
export function batchRequestOf(target: BatchTarget, choice: BatchChoice): BatchRequest | null {
  if (wrongNumbers(choice).length > 0) return null;
  const request: BatchRequest =
    "ids" in target ? { ids: [...target.ids] } : { filter: { ...target.filter } as JsonObject };
  request.rerun = rerunOf(choice);
  if (choice.name.trim()) request.name = choice.name.trim();
  if (choice.reason.trim()) request.reason = choice.reason.trim();
  if (!choice.onlyOpen) request.only_open = false;
  if (choice.order) request.order = choice.order;
  if (choice.orderByKey.trim()) request.order_by_key = choice.orderByKey.trim();
  put(request, "concurrency", numberOf(choice.concurrency));
  const budget: JsonObject = {};
  put(budget, "tokens", numberOf(choice.tokens));
  put(budget, "money", numberOf(choice.money));
  if (Object.keys(budget).length > 0) request.budget = budget;
  put(request, "canary", numberOf(choice.canary));
  if (choice.canary.trim() && choice.gatePath.trim()) request.gate = gateOf(choice);
  put(request, "stop_at_failure_rate", shareOf(choice.failureRate));
  return request;
}

/** The parts of a request that say only how long it may run, which a dry run need not know. */
export function withoutWords({ name: _, reason: __, ...request }: BatchRequest): BatchRequest {
  return request;
}

function rerunOf({ preset, versions, effects, consent }: BatchChoice): JsonObject {
  const rerun: JsonObject =
    preset === "from-failure"
      ? { from: "failure", results: "unchanged", skills: "latest" }
      : { ...(PRESETS[preset].fields as JsonObject) };
  delete rerun.effects;
  if (effects !== "once") rerun.effects = effects;
  if (effects !== "none" && consent.length > 0) rerun.consent = consent;
  if (versions) rerun.skills = versions;
  return rerun;
}

function gateOf({ gatePath, gateValue }: BatchChoice): JsonObject {
  const path = gatePath.trim();
  const text = gateValue.trim();
  if (text === "") return { path, exists: true };
  try {
    return { path, equals: parseJson(text) };
  } catch {
    return { path, equals: text };
  }
}

function numberOf(text: string): Json | null {
  try {
    const value = parseJson(text.trim());
    return isNumber(value) && Number(String(value)) >= 0 ? value : null;
  } catch {
    return null;
  }
}

/** Per cent as a share: 12.5 is 0.125. */
function shareOf(text: string): Json | null {
  const value = numberOf(text);
  return value === null ? null : Number((Number(String(value)) / 100).toFixed(8));
}

function put(object: object, name: string, value: Json | null): void {
  if (value !== null) (object as JsonObject)[name] = value;
}
