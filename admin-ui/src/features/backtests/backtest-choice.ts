/** What is chosen in the backtest dialog, and the request that says it. */
import type { BatchTarget } from "@/features/batches/batch-choice";
import type { BacktestRequest } from "@/lib/api/backtests";
import { isNumber, type Json, type JsonObject, parseJson } from "@/lib/json";

export interface BacktestChoice {
  name: string;
  reason: string;
  /** Today's versions, those of each run, or one version of one skill. */
  versions: "latest" | "pinned" | "chosen";
  skill: string;
  digest: string;
  model: string;
  sop: string;
  /** At most so many runs, as it is typed. */
  most: string;
  /** Words of the SOP, where runs are not chosen otherwise. */
  words: string;
  tokens: string;
  money: string;
}

export function firstBacktestChoice(part: Partial<BacktestChoice> = {}): BacktestChoice {
  return {
    name: "",
    reason: "",
    versions: "latest",
    skill: "",
    digest: "",
    model: "",
    sop: "",
    most: "100",
    words: "",
    tokens: "",
    money: "",
    ...part,
  };
}

const NUMBERS = ["most", "tokens", "money"] as const;

export function wrongBacktestNumbers(choice: BacktestChoice): string[] {
  return NUMBERS.filter((name) => choice[name].trim() !== "" && numberOf(choice[name]) === null);
}

/** The request; null while something is missing or can't be read. */
export function backtestRequestOf(target: BatchTarget, choice: BacktestChoice): BacktestRequest | null {
  if (wrongBacktestNumbers(choice).length > 0) return null;
  const request: BacktestRequest = "ids" in target ? { ids: [...target.ids] } : {};
  if ("filter" in target) {
    request.filter = { ...target.filter } as JsonObject;
    if (choice.words.trim()) request.filter.q = choice.words.trim();
    const most = numberOf(choice.most);
    if (most !== null) request.most = most;
  } else {
    // All that were selected, where the server would stop at a hundred.
    request.most = target.ids.length;
  }
  if (choice.versions === "chosen") {
    if (!choice.skill || !choice.digest) return null;
    request.skills = { [choice.skill]: choice.digest };
  } else request.skills = choice.versions;
  if (choice.model.trim()) request.model = choice.model.trim();
  if (choice.sop.trim()) request.sop = choice.sop;
  if (choice.name.trim()) request.name = choice.name.trim();
  if (choice.reason.trim()) request.reason = choice.reason.trim();
  const budget: JsonObject = {};
  for (const name of ["tokens", "money"] as const) {
    const value = numberOf(choice[name]);
    if (value !== null) budget[name] = value;
  }
  if (Object.keys(budget).length > 0) request.budget = budget;
  return request;
}

function numberOf(text: string): Json | null {
  try {
    const value = parseJson(text.trim());
    return isNumber(value) && Number(String(value)) >= 0 ? value : null;
  } catch {
    return null;
  }
}
