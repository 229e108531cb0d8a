/** Steps that stand for each other, side by side, with the cause of what differs. */
import { ChevronRight, CornerDownRight, Equal } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/badge";
import { Empty } from "@/components/empty";
import { StatusIcon, TONE_INK } from "@/components/status-pill";
import { sourceWord } from "@/features/run/step-source";
import type { ComparedSide, ComparedStep, StepPair } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { STATUS } from "@/lib/status";
import { DifferencesTable } from "./differences-table";
import { OriginChip, PairLink } from "./origins";
import { placeOf } from "./places";

const MARKS: Record<ComparedStep["state"], { sign: string; word: string; look: string }> = {
  same: { sign: "=", word: "Same", look: "text-ink-faint" },
  differs: { sign: "≠", word: "Differs", look: "text-wait" },
  only_left: { sign: "←", word: "Only in the left run", look: "text-busy" },
  only_right: { sign: "→", word: "Only in the right run", look: "text-busy" },
};
const COLUMNS = "grid grid-cols-[1.25rem_1fr_1fr_1.2fr] gap-x-4 gap-y-1.5 max-md:grid-cols-[1.25rem_1fr]";

export function AlignedSteps({
  steps,
  onlyDifferences,
}: {
  steps: ComparedStep[];
  onlyDifferences: boolean;
}) {
  const shown = onlyDifferences ? steps.filter(({ state }) => state !== "same") : steps;
  if (shown.length === 0) {
    return (
      <Empty
        icon={<Equal aria-hidden />}
        title={steps.length === 0 ? "Neither run has a step yet" : "No step differs"}
      />
    );
  }
  return (
    <>
      <div
        aria-hidden
        className={cx(COLUMNS, "border-b bg-sunken/60 px-5 py-1.5 text-xs text-ink-soft max-md:hidden")}
      >
        <span />
        <span>Left</span>
        <span>Right</span>
        <span>Cause</span>
      </div>
      <ol className="divide-y">
        {shown.map((step) => (
          <Row key={`${step.left?.seq} ${step.right?.seq}`} step={step} />
        ))}
      </ol>
    </>
  );
}

function Row({ step }: { step: ComparedStep }) {
  const [open, setOpen] = useState(false);
  const { sign, word, look } = MARKS[step.state];
  const { items } = step.data;
  return (
    <li
      id={placeOf(step)}
      tabIndex={-1}
      data-state={step.state}
      data-left={step.left?.seq}
      data-right={step.right?.seq}
      className={cx(
        "scroll-mt-40 px-5 py-2.5 text-[0.8125rem] -outline-offset-2 focus:bg-accent-soft/60 max-md:px-4",
        step.state === "same" && "text-ink-soft",
      )}
    >
      <div className={COLUMNS}>
        <span title={word} className={cx("font-mono font-semibold", look)}>
          <span aria-hidden>{sign}</span>
          <span className="sr-only">{word}</span>
        </span>
        <Side side={step.left} word="Left" />
        <Side side={step.right} word="Right" />
        <div className="flex min-w-0 flex-wrap items-center gap-1.5 max-md:col-start-2 max-md:empty:hidden">
          {step.origin?.map((ingredient) => (
            <OriginChip key={ingredient.name} ingredient={ingredient} />
          ))}
          {step.follows_from.length > 0 && (
            <Badge tone="busy" title="It has read what an earlier step that differs produced" wraps>
              <CornerDownRight aria-hidden className="shrink-0" /> follows from{" "}
              <Listed pairs={step.follows_from} />
            </Badge>
          )}
          {items.length > 0 && (
            <button
              type="button"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
              className="inline-flex items-center gap-0.5 rounded text-xs font-medium text-accent hover:underline"
            >
              <ChevronRight
                aria-hidden
                className={cx("size-3.5 transition-transform", open && "rotate-90")}
              />
              {items.length === 1 ? "1 value differs" : `${items.length} values differ`}
            </button>
          )}
        </div>
      </div>
      {open && (
        <div className="mt-2 overflow-hidden rounded-lg border">
          <DifferencesTable found={step.data} />
        </div>
      )}
    </li>
  );
}

function Side({ side, word: which }: { side: ComparedSide | null; word: "Left" | "Right" }) {
  if (!side) return <span className="text-ink-faint max-md:hidden">–</span>;
  const { word, tone } = STATUS[side.status];
  return (
    <span className="flex min-w-0 items-baseline gap-1.5 max-md:col-start-2">
      <span className="w-8 shrink-0 text-xs text-ink-faint md:hidden">{which}</span>
      <span className="shrink-0 text-xs text-ink-faint tabular">{side.seq}</span>
      <span title={word} className={cx("relative top-0.5 shrink-0", TONE_INK[tone])}>
        <StatusIcon status={side.status} />
        <span className="sr-only">{word}</span>
      </span>
      <span className={cx("min-w-0 break-words", side.kind === "decision" ? "text-ink-soft" : "font-medium")}>
        {nameOf(side)}
        {side.reused_from && (
          <span className="ml-1.5 text-xs font-normal text-ink-faint">
            {sourceWord(side.reused_from.why)}
          </span>
        )}
      </span>
    </span>
  );
}

function nameOf(side: ComparedSide): string {
  if (side.kind === "decision") return `Decision: ${side.said}`;
  return side.kind === "approval" ? `Approval of ${side.skill}` : (side.skill ?? "");
}

const MOST = 4;

function Listed({ pairs }: { pairs: StepPair[] }) {
  const rest = pairs.length - MOST;
  return (
    <span className="inline-flex flex-wrap gap-x-1">
      {pairs.length === 1 ? "step" : "steps"}
      {pairs.slice(0, MOST).map((pair) => (
        <PairLink key={`${pair.left} ${pair.right}`} pair={pair} />
      ))}
      {rest > 0 && `and ${rest} more`}
    </span>
  );
}
