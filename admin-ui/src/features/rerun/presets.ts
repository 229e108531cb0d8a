/** Rerun requests with a name, as the dialog offers them and the run page tells of them. */
import type { RerunRequest } from "@/lib/api";
import type { RunStatus } from "@/lib/status";

export type PresetName =
  | "again"
  | "from-failure"
  | "only-what-changed"
  | "from-step"
  | "audit-replay"
  | "same-path"
  | "what-if";
type Fields = Pick<RerunRequest, "from" | "plan" | "results" | "effects">;

interface Preset {
  word: string;
  meaning: string;
  fields: Fields;
}

export const PRESETS: Record<PresetName, Preset> = {
  again: {
    word: "Again",
    meaning: "Everything anew; effects that have happened are not repeated.",
    fields: {},
  },
  "from-failure": {
    word: "From failure",
    meaning: "What was completed is kept; the rest is carried out.",
    fields: { from: "failure" },
  },
  "only-what-changed": {
    word: "Only what changed",
    meaning: "Carried out only where an input, a skill or a model has changed.",
    fields: { plan: "unchanged", results: "unchanged" },
  },
  "from-step": {
    word: "From a step",
    meaning: "Steps before it are kept; from it on only what changed.",
    fields: { plan: "unchanged", results: "unchanged" },
  },
  "audit-replay": {
    word: "Audit replay",
    meaning: "Decisions and results from the recording; nothing is carried out.",
    fields: { plan: "recorded", results: "recorded" },
  },
  "same-path": {
    word: "Same path, today's world",
    meaning: "The planner's decisions of then, every skill carried out today.",
    fields: { plan: "recorded" },
  },
  "what-if": {
    word: "What if",
    meaning: "Tried out with other skills or inputs; nothing goes out.",
    fields: { effects: "none" },
  },
};

export const MORE_PRESETS: PresetName[] = ["from-step", "audit-replay", "same-path", "what-if"];

/** The presets that stand first. */
export function firstPresets(status: RunStatus): PresetName[] {
  return status === "failed"
    ? ["from-failure", "again", "only-what-changed"]
    : ["again", "only-what-changed"];
}

export function isPreset(name: string | undefined): name is PresetName {
  return name !== undefined && Object.hasOwn(PRESETS, name);
}

/** The preset that a stored request follows, whatever inputs it edits; null for a mixture. */
export function presetOf(request: Record<string, unknown>): PresetName | null {
  const chosen = (["from", "plan", "results", "effects"] as const).flatMap((name) =>
    request[name] == null ? [] : [`${name} ${typeof request[name] === "number" ? "N" : request[name]}`],
  );
  const found = (Object.keys(PRESETS) as PresetName[]).find((name) => {
    const fields = Object.entries(PRESETS[name].fields).map(([field, value]) => `${field} ${value}`);
    const wanted = name === "from-step" ? ["from N", ...fields] : fields;
    return wanted.join() === chosen.join();
  });
  return found ?? null;
}
