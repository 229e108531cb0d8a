/** What stands in the URL of a backtest's report. */
import type { Verdict } from "@/lib/api/backtests";
import { oneOf } from "@/lib/search";

export interface BacktestSearch {
  verdict?: Verdict;
  cursor?: string;
}

const VERDICTS: readonly Verdict[] = ["stays", "changed", "cant_tell"];

export function validBacktestSearch({ verdict, cursor }: Record<string, unknown>): BacktestSearch {
  return {
    verdict: oneOf(verdict, VERDICTS),
    ...(cursor ? { cursor: String(cursor) } : {}),
  };
}
