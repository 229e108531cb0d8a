/** Other limits that a person sets when a batch goes on: what is typed, and what is sent. */
import type { BatchResume } from "@/lib/api/batches";
import { type Json, type JsonObject, parseJson } from "@/lib/json";

/** Texts as they are typed; empty: as it is. */
export interface ResumeLimits {
  tokens: string;
  money: string;
  concurrency: string;
  /** In per cent. */
  failureRate: string;
  /** It pauses no more because of failures. */
  anyFailures: boolean;
}

export const SAME_LIMITS: ResumeLimits = {
  tokens: "",
  money: "",
  concurrency: "",
  failureRate: "",
  anyFailures: false,
};

/** What is wrong with what was typed, by field. */
export function wrongIn(limits: ResumeLimits): { [K in keyof ResumeLimits]?: string } {
  const wrong: { [K in keyof ResumeLimits]?: string } = {};
  for (const name of ["tokens", "money", "concurrency"] as const) {
    if (numberOf(limits[name]) === null)
      wrong[name] = `This has to be a number, for instance ${name === "money" ? "12.50" : "500"}`;
  }
  if (!limits.anyFailures && shareOf(limits.failureRate) === null)
    wrong.failureRate = "This has to be a number under 100, for instance 12.5";
  return wrong;
}

/** The part of the request that says them; null while one of them is no number. */
export function limitsOf(limits: ResumeLimits): BatchResume | null {
  if (Object.keys(wrongIn(limits)).length > 0) return null;
  const budget: JsonObject = {};
  for (const name of ["tokens", "money"] as const) {
    const value = numberOf(limits[name]);
    if (value !== undefined) budget[name] = value;
  }
  const concurrency = numberOf(limits.concurrency);
  const rate = limits.anyFailures ? undefined : shareOf(limits.failureRate);
  return {
    ...(Object.keys(budget).length > 0 ? { budget } : {}),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(limits.anyFailures ? { stop_at_failure_rate: null } : {}),
    ...(rate === undefined ? {} : { stop_at_failure_rate: rate }),
  };
}

/** Undefined where nothing is typed, null where it is no number. */
function numberOf(text: string): Json | undefined | null {
  if (text.trim() === "") return undefined;
  return /^\d+(\.\d+)?$/.test(text.trim()) ? parseJson(text.trim()) : null;
}

/** Per cent as a share: 12.5 is 0.125. */
function shareOf(text: string): Json | undefined | null {
  const typed = text.trim().replace(/\s*%$/, "");
  if (typed === "") return undefined;
  if (!/^\d{1,2}(\.\d+)?$/.test(typed)) return null;
  return parseJson(String(Number((Number(typed) / 100).toFixed(8))));
}
