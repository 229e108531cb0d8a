/** Stays, changes, can't tell: as a bar. */
import { Bar } from "@/components/bar";
import { FILLS } from "@/features/batches/batch-state";
import type { Backtest } from "@/lib/api/backtests";
import { VERDICT, VERDICTS } from "./verdict";

export function VerdictBar({ backtest, thin }: { backtest: Backtest; thin?: boolean }) {
  const { verdicts } = backtest;
  const parts = VERDICTS.map((verdict) => ({
    name: VERDICT[verdict].word.toLowerCase(),
    count: verdicts[verdict],
    fill: FILLS[VERDICT[verdict].tone],
  }));
  const total = verdicts.stays + verdicts.changed + verdicts.cant_tell + verdicts.pending;
  return <Bar label="Outcomes" parts={parts} total={total} thin={thin} />;
}
