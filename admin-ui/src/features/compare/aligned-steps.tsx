/** Steps that stand for each other, side by side, with the cause of what differs. */
import { ChevronRight, CornerDownRight, Equal } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/badge";
import { Empty } from "@/components/empty";
import { StatusIcon } from "@/components/status-pill";
import { sourceWord } from "@/features/run/step-source";
import type { ComparedSide, ComparedStep, StepPair } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { STATUS, type Tone } from "@/lib/status";
import { DifferencesTable } from "./differences-table";
import { OriginChip } from "./origins";

const MARKS: Record<ComparedStep["state"], { sign: string; word: string; look: string }> = {
  same: { sign: "=", word: "Same", look: "text-ink-faint" },
  differs: { sign: "≠", word: "Differs", look: "text-wait" },
  only_left: { sign: "←", word: "Only in the left run", look: "text-busy" },
  only_right: { sign: "→", word: "Only in the right run", look: "text-busy" },
};
const INK: Record<Tone, string> = {
  good: "text-good",
  bad: "text-bad",
  wait: "text-wait",
  busy: "text-busy",
  idle: "text-idle",
};
const COLUMNS = "grid grid-cols-[1.25rem_1fr_1fr_1.2fr] gap-x-4 gap-y-1.5 max-md:grid-cols-[1.25rem_1fr_1fr]";

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
        className={cx(COLUMNS, "border-b bg-sunken/60 px-5 py-1.5 text-xs text-ink-soft max-md:px-4")}
      >
        <span />
        <span>Left</span>
        <span>Right</span>
        <span className="max-md:hidden">Cause</span>
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
      data-state={step.state}
      data-left={step.left?.seq}
      data-right={step.right?.seq}
      className={cx("px-5 py-2.5 text-[0.8125rem] max-md:px-4", step.state === "same" && "text-ink-soft")}
    >
      <div className={COLUMNS}>
        <span title={word} className={cx("font-mono font-semibold", look)}>
          <span aria-hidden>{sign}</span>
          <span className="sr-only">{word}</span>
        </span>
        <Side side={step.left} />
        <Side side={step.right} />
        <div className="flex min-w-0 flex-wrap items-center gap-1.5 max-md:col-span-2 max-md:col-start-2 max-md:empty:hidden">
          {step.origin?.map((ingredient) => (
            <OriginChip key={ingredient.name} ingredient={ingredient} />
          ))}
          {step.follows_from.length > 0 && (
            <Badge tone="busy" title="It has read what an earlier step that differs produced" wraps>
              <CornerDownRight aria-hidden className="shrink-0" /> follows from {listed(step.follows_from)}
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

function Side({ side }: { side: ComparedSide | null }) {
  if (!side) return <span className="text-ink-faint">–</span>;
  const { word, tone } = STATUS[side.status];
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      <span className="shrink-0 text-xs text-ink-faint tabular">{side.seq}</span>
      <span title={word} className={cx("relative top-0.5 shrink-0", INK[tone])}>
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

/** Numbers are those of the left run, where it has the step. */
function listed(pairs: StepPair[]): string {
  const names = pairs.map(({ left, right }) => (left === null ? `${right} (right)` : String(left)));
  const rest = names.length - MOST;
  return `${names.length === 1 ? "step" : "steps"} ${names.slice(0, MOST).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
