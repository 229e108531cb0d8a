/** What a policy does, in one sentence and what limits it. */
import type { PolicyRequest } from "@/lib/api/policies";
import { approximate, type JsonObject, writeJson } from "@/lib/json";
import { shortSpan } from "@/lib/span";

type Rule = Omit<PolicyRequest, "name">;

/** How a policy reruns; the fields of the rerun request that say it. */
export const HOW = {
  failure: {
    word: "From the failed step",
    meaning: "What was completed is kept, unless something it depends on has changed",
    said: "from the failed step",
    fields: { from: "failure", results: "unchanged" },
  },
  start: {
    word: "From the start",
    meaning: "Everything is carried out anew",
    said: "from the start",
    fields: {},
  },
  changed: {
    word: "Only what changed",
    meaning: "Carried out only where an input, a skill or a model has changed",
    said: "where something has changed",
    fields: { plan: "unchanged", results: "unchanged" },
  },
} as const;
export type How = keyof typeof HOW;

const FREEDOMS = ["from", "plan", "results"] as const;
const MOST_PAUSES = 4;

/** Which of the named ways a rerun request follows; null: a mixture. */
export function howOf(rerun: JsonObject): How | null {
  const chosen = FREEDOMS.map((name) => (rerun[name] === "start" ? "" : String(rerun[name] ?? ""))).join();
  const names = Object.keys(HOW) as How[];
  return (
    names.find((name) => {
      const fields: Record<string, string> = HOW[name].fields;
      return FREEDOMS.map((field) => fields[field] ?? "").join() === chosen;
    }) ?? null
  );
}

export function policySentence(rule: Rule): string {
  const { attempts } = rule;
  const how = howOf(rule.rerun);
  const times = attempts === 1 ? "once" : `up to ${attempts.toLocaleString("en")} times`;
  const only = rule.error_types === null ? "" : `, only after ${alternatives(rule.error_types)}`;
  return `Reruns ${which(rule.matches ?? {})} ${how ? HOW[how].said : "in its own way"}, ${times}, ${pauses(rule)}${only}.`;
}

/** What limits it and widens it, each a sentence. */
export function policyLimits(rule: Rule): string[] {
  const { window_cap: cap, family_cap: family, breaker } = rule;
  return [
    `When a skill fails ${breaker.failures === 1 ? "once" : `${breaker.failures.toLocaleString("en")} times`} within ${shortSpan(breaker.seconds)}, its reruns rest for ${shortSpan(breaker.rest_seconds)}.`,
    ...(family === null ? [] : [`At most ${family} automatic reruns in one family.`]),
    ...(cap === null
      ? []
      : [`At most ${cap.reruns.toLocaleString("en")} reruns in ${shortSpan(cap.seconds)}.`]),
    ...(rule.manual_too ? ["Also reruns that people asked for."] : []),
  ];
}

function which({ sop_name: sop, metadata, skill }: NonNullable<Rule["matches"]>): string {
  const labels = Object.entries(metadata ?? {}).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : writeJson(value)}`,
  );
  return [
    sop ? `failed runs of ${sop}` : labels.length > 0 || skill ? "failed runs" : "every failed run",
    ...(labels.length > 0 ? [`with ${labels.join(" and ")}`] : []),
    ...(skill ? [`in which ${skill} failed`] : []),
  ].join(" ");
}

/** "after 30 s, 60 s, 2 min ±20 %"; beyond the first few only where it ends. */
function pauses({ attempts, backoff }: Rule): string {
  const factor = approximate(backoff.factor) ?? 1;
  const jitter = Math.round((approximate(backoff.jitter) ?? 0) * 100);
  const all = Array.from({ length: Math.min(attempts, 100) }, (_, index) =>
    Math.min(Math.round(backoff.first_seconds * factor ** index), backoff.most_seconds),
  );
  if (all.every((seconds) => seconds === 0)) return "at once";
  const spread = jitter > 0 ? ` ±${jitter} %` : "";
  if (new Set(all).size === 1) {
    return `${attempts === 1 ? "after" : "each time after"} ${shortSpan(all[0] ?? 0)}${spread}`;
  }
  const said = all.slice(0, MOST_PAUSES).map(shortSpan);
  const last = all.at(-1) ?? 0;
  const rest = all.length > MOST_PAUSES ? ` … ${shortSpan(last)}` : "";
  return `after ${said.join(", ")}${rest}${spread}`;
}

function alternatives(words: string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
