/** A policy as it stands in the form, and the request that says it. */
import type { Policy, PolicyRequest } from "@/lib/api/policies";
import { approximate, type Json, type JsonObject, parseJson } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";
import { type Span, secondsOf, spanOf } from "@/lib/span";
import { HOW, type How, howOf } from "./sentence";

export interface PolicyDraft {
  name: string;
  sopName: string;
  skill: string;
  /** JSON that the run's metadata contains, as it is typed. */
  metadata: string;
  /** null: what `rerun` says, which has no name. */
  how: How | null;
  /** What the form has no field for stays as it was. */
  rerun: JsonObject;
  attempts: string;
  first: Span;
  factor: string;
  most: Span;
  /** Per cent. */
  jitter: string;
  /** Only these errors qualify; else all that may. */
  onlySome: boolean;
  errorTypes: string[];
  familyCap: string;
  windowReruns: string;
  windowSpan: Span;
  breakerFailures: string;
  breakerSpan: Span;
  rest: Span;
  manualToo: boolean;
}

export function emptyPolicy(): PolicyDraft {
  return {
    name: "",
    sopName: "",
    skill: "",
    metadata: "{}",
    how: "failure",
    rerun: {},
    attempts: "3",
    first: { count: "1", unit: "minutes" },
    factor: "2",
    most: { count: "1", unit: "hours" },
    jitter: "20",
    onlySome: false,
    errorTypes: [],
    familyCap: "",
    windowReruns: "",
    windowSpan: { count: "1", unit: "hours" },
    breakerFailures: "20",
    breakerSpan: { count: "10", unit: "minutes" },
    rest: { count: "15", unit: "minutes" },
    manualToo: false,
  };
}

export function policyDraft(policy: Policy): PolicyDraft {
  const { matches, backoff, breaker, window_cap: cap } = policy;
  return {
    name: policy.name,
    sopName: matches.sop_name ?? "",
    skill: matches.skill ?? "",
    metadata: draftOf(matches.metadata ?? {}),
    how: howOf(policy.rerun),
    rerun: policy.rerun,
    attempts: String(policy.attempts),
    first: spanOf(backoff.first_seconds),
    factor: String(backoff.factor),
    most: spanOf(backoff.most_seconds),
    jitter: percentOf(backoff.jitter),
    onlySome: policy.error_types !== null,
    errorTypes: policy.error_types ?? [],
    familyCap: policy.family_cap === null ? "" : String(policy.family_cap),
    windowReruns: cap === null ? "" : String(cap.reruns),
    windowSpan: cap === null ? emptyPolicy().windowSpan : spanOf(cap.seconds),
    breakerFailures: String(breaker.failures),
    breakerSpan: spanOf(breaker.seconds),
    rest: spanOf(breaker.rest_seconds),
    manualToo: policy.manual_too,
  };
}

function percentOf(share: Json): string {
  return String(Number(((approximate(share) ?? 0) * 100).toPrecision(12)));
}

/** A whole number above nothing; null while it is none. */
export function countOf(text: string): number | null {
  return /^[1-9]\d{0,6}$/.test(text.trim()) ? Number(text) : null;
}

/** A decimal number, digit for digit; null while it is none. */
export function numberOf(text: string): Json | null {
  return /^\d{1,6}(\.\d{1,9})?$/.test(text.trim()) ? parseJson(text.trim().replace(/^0+(?=\d)/, "")) : null;
}

/** The request without its name; null while something that was typed can't be read. */
export function ruleOf(draft: PolicyDraft): Omit<PolicyRequest, "name"> | null {
  const metadata = readDraft(draft.metadata).value;
  const attempts = countOf(draft.attempts);
  const [first, most] = [secondsOf(draft.first), secondsOf(draft.most)];
  const [factor, jitter] = [numberOf(draft.factor), numberOf(draft.jitter)];
  const [failures, seconds, rest] = [
    countOf(draft.breakerFailures),
    secondsOf(draft.breakerSpan),
    secondsOf(draft.rest),
  ];
  const family = draft.familyCap.trim() === "" ? undefined : countOf(draft.familyCap);
  const cap = draft.windowReruns.trim() === "" ? undefined : countOf(draft.windowReruns);
  const span = secondsOf(draft.windowSpan);
  if (metadata === null || attempts === null || first === null || most === null) return null;
  if (factor === null || jitter === null || failures === null || seconds === null || rest === null)
    return null;
  if (family === null || cap === null || (cap !== undefined && span === null)) return null;
  if (draft.onlySome && draft.errorTypes.length === 0) return null;
  return {
    matches: {
      ...(draft.sopName.trim() ? { sop_name: draft.sopName.trim() } : {}),
      ...(draft.skill.trim() ? { skill: draft.skill.trim() } : {}),
      ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    },
    rerun: rerunOf(draft),
    attempts,
    backoff: {
      first_seconds: first,
      factor,
      most_seconds: most,
      jitter: Number(((approximate(jitter) ?? 0) / 100).toPrecision(12)),
    },
    error_types: draft.onlySome ? draft.errorTypes : null,
    family_cap: family ?? null,
    window_cap: cap === undefined || span === null ? null : { reruns: cap, seconds: span },
    breaker: { failures, seconds, rest_seconds: rest },
    manual_too: draft.manualToo,
  };
}

export function policyRequest(draft: PolicyDraft): PolicyRequest | null {
  const rule = ruleOf(draft);
  return rule && draft.name.trim() !== "" ? { name: draft.name.trim(), ...rule } : null;
}

/** The stored document has a format of its own, which a request has not. */
function rerunOf({ how, rerun }: PolicyDraft): JsonObject {
  const { format: _, from, plan, results, ...kept } = rerun;
  const chosen: JsonObject =
    how === null ? { from: from ?? null, plan: plan ?? null, results: results ?? null } : HOW[how].fields;
  return { ...kept, ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== null)) };
}
