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
    meaning:
      "Do everything anew. What has gone out, such as mails and payments, goes out again only if you say so.",
    fields: {},
  },
  "from-failure": {
    word: "From failure",
    meaning: "Keep what was completed, and carry on where it failed.",
    fields: { from: "failure" },
  },
  "only-what-changed": {
    word: "Only what changed",
    meaning: "Carry out only what an input, a skill or a model has changed for; take over the rest.",
    fields: { plan: "unchanged", results: "unchanged" },
  },
  "from-step": {
    word: "From a step",
    meaning: "Keep the steps before one. Of the rest, carry out what a change calls for.",
    fields: { plan: "unchanged", results: "unchanged" },
  },
  "audit-replay": {
    word: "Audit replay",
    meaning: "Go through the recording once more. Nothing is carried out.",
    fields: { plan: "recorded", results: "recorded" },
  },
  "same-path": {
    word: "Same path, today's world",
    meaning: "Decide as then, and carry out every skill today.",
    fields: { plan: "recorded" },
  },
  "what-if": {
    word: "What if",
    meaning: "Try other skills or inputs. Nothing goes out.",
    fields: { effects: "none" },
  },
};

export const MORE_PRESETS: PresetName[] = ["from-step", "audit-replay", "same-path", "what-if"];

/** The presets that stand first. */
export function firstPresets(status: RunStatus): PresetName[] {
  return status === "failed"
    ? ["from-failure", "again", "only-what-changed"]
    : ["again", "only-what-changed", "from-step"];
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
