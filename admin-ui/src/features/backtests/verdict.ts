/** What became of past outcomes, as people read it. */
import { CircleCheck, CircleHelp, CircleX, Clock, GitCompareArrows } from "lucide-react";
import type { PillLook } from "@/components/pill";
import type { Backtest, Verdict } from "@/lib/api/backtests";
import { duration } from "@/lib/time";

export const VERDICT: Record<Verdict | "pending", PillLook> = {
  stays: { word: "Stays", tone: "good", icon: CircleCheck, meaning: "The run comes to the same data" },
  changed: {
    word: "Changes",
    tone: "wait",
    icon: GitCompareArrows,
    meaning: "The run ends otherwise, or with other data",
  },
  cant_tell: {
    word: "Can't tell",
    tone: "idle",
    icon: CircleHelp,
    meaning: "The replay could not come to an outcome that says something",
  },
  pending: { word: "Pending", tone: "busy", icon: Clock, meaning: "Not replayed yet" },
};
/** A replay that fails where the run completed is bad news, also where its outcome can't be told. */
export const NEWLY_FAILS: PillLook = {
  word: "Newly fails",
  tone: "bad",
  icon: CircleX,
  meaning: "The run completed, and its replay fails",
};
export const VERDICTS: Verdict[] = ["stays", "changed", "cant_tell"];

/** One sentence for the top of the report. */
export function headlineOf({ verdicts, counts }: Pick<Backtest, "verdicts" | "counts">): string {
  const { stays, changed, cant_tell, newly_failed } = verdicts;
  const told = stays + changed + cant_tell;
  if (told === 0) return "No run has been replayed yet";
  const said = [
    changed > 0 ? `${changed} of ${told} ${changed === 1 ? "outcome changes" : "outcomes change"}` : null,
    changed === 0 && stays > 0
      ? stays === told
        ? "No outcome changes"
        : `No outcome of ${stays} changes`
      : null,
    cant_tell > 0 ? `${cant_tell} can't be told` : null,
    newly_failed > 0 ? `${newly_failed} newly ${newly_failed === 1 ? "fails" : "fail"}` : null,
  ].filter(Boolean);
  const sentence = said.join(", ");
  return verdicts.pending > 0 && counts.total > told ? `${sentence}; ${verdicts.pending} to come` : sentence;
}

/** More or less than before, with its sign; null is unknown. */
export function signed(value: number | null, shown: (value: number) => string): string {
  if (value === null) return "unknown";
  if (value === 0) return "no difference";
  return `${value > 0 ? "+" : "−"}${shown(Math.abs(value))}`;
}

export const inTokens = (value: number) => `${value.toLocaleString("en")} tokens`;
export const inMoney = (value: number) => `$${value}`;
export const inTime = (seconds: number) => duration(seconds * 1000);
