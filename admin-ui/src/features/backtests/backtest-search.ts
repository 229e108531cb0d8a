/** What stands in the URL of a backtest's report. */
import type { Verdict } from "@/lib/api/backtests";

export interface BacktestSearch {
  verdict?: Verdict;
  cursor?: string;
}

const VERDICTS: readonly unknown[] = ["stays", "changed", "cant_tell"] satisfies Verdict[];

export function validBacktestSearch({ verdict, cursor }: Record<string, unknown>): BacktestSearch {
  return {
    ...(VERDICTS.includes(verdict) ? { verdict: verdict as Verdict } : {}),
    ...(cursor ? { cursor: String(cursor) } : {}),
  };
}
