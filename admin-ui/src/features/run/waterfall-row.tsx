/** One row of the list of steps: a quiet line for a decision, name, reason and bar for what was carried out. */
import { ChevronRight, Flag, Route, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { StatusIcon, TONES } from "@/components/status-pill";
import { Took } from "@/components/when";
import type { Step } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { STATUS } from "@/lib/status";
import { headline, nameOf } from "./decision";
import type { Span } from "./segments";
import { StepMarks } from "./step-marks";
import type { StepRow } from "./step-rows";
import { reasonBeside } from "./step-source";
import { TimeBar } from "./time-axis";

export const DECISION_HEIGHT = 30;
export const STEP_HEIGHT = 52;
/** The width of the bars, the same in the head of the list. */
export const BARS = "w-[34%] shrink-0 @max-sm:hidden";

interface RowProps {
  row: StepRow;
  span: Span;
  chosen: boolean;
  id: string;
  top: number;
  onChoose: (seq: number) => void;
  onToggle: (seq: number) => void;
}

export const WaterfallRow = memo(function WaterfallRow({
  row: { step, level, below, open, place, of },
  span,
  chosen,
  id,
  top,
  onChoose,
  onToggle,
}: RowProps) {
  const decision = step.kind === "decision";
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree keeps the focus and names its active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
    <div
      role="treeitem"
      id={id}
      aria-level={level}
      aria-selected={chosen}
      aria-posinset={place}
      aria-setsize={of}
      {...(decision && below > 0 ? { "aria-expanded": open } : {})}
      data-step={step.seq}
      data-kind={step.kind}
      data-status={step.status}
      onClick={() => onChoose(step.seq)}
      style={{ transform: `translateY(${top}px)`, height: decision ? DECISION_HEIGHT : STEP_HEIGHT }}
      className={cx(
        "absolute inset-x-0 top-0 cursor-default border-l-2 pr-4",
        chosen ? "border-accent bg-accent-soft" : "border-transparent hover:bg-hover",
      )}
    >
      {decision ? (
        <DecisionLine step={step} below={below} open={open} onToggle={onToggle} />
      ) : (
        <StepLines step={step} span={span} />
      )}
    </div>
  );
});

function DecisionLine({
  step,
  below,
  open,
  onToggle,
}: {
  step: Step;
  below: number;
  open: boolean;
  onToggle: (seq: number) => void;
}) {
  const { outputs, error } = step;
  const Icon = outputs?.finish ? Flag : outputs?.give_up || error ? TriangleAlert : Route;
  return (
    <div className="flex h-full items-center gap-1.5 pl-1 text-xs text-ink-soft">
      <span
        aria-hidden
        data-toggle
        onClick={(event) => {
          event.stopPropagation();
          if (below > 0) onToggle(step.seq);
        }}
        className={cx("rounded p-1 text-ink-faint", below > 0 ? "hover:bg-idle-soft" : "invisible")}
      >
        <ChevronRight className={cx("size-3.5 transition-transform", open && "rotate-90")} />
      </span>
      <Icon aria-hidden className={cx("size-3.5 shrink-0", error ? "text-bad" : "text-ink-faint")} />
      <span className="min-w-0 truncate" title={step.reason ?? undefined}>
        {headline(step)}
        {error ? (
          <span className="text-bad">: {error.message}</span>
        ) : (
          (below === 0 || step.reused_from) &&
          step.reason && <span className="text-ink-faint">: {step.reason}</span>
        )}
      </span>
      {!open && below > 0 && (
        <span className="shrink-0 rounded bg-idle-soft px-1.5 text-2xs text-idle">
          {below} {below === 1 ? "step" : "steps"}
        </span>
      )}
      <span className="ml-auto shrink-0 text-2xs text-ink-faint tabular">#{step.seq}</span>
    </div>
  );
}

function StepLines({ step, span }: { step: Step; span: Span }) {
  const { word, tone } = STATUS[step.status];
  const reason = step.error?.message ?? (step.reason && reasonBeside(step.reason, step.reused_from));
  const waits = step.status === "waiting" || step.status === "in_doubt";
  return (
    <div className="flex h-full items-center gap-2.5 pl-7">
      <span
        title={word}
        className={cx("flex size-6 shrink-0 items-center justify-center rounded-full", TONES[tone])}
      >
        <StatusIcon status={step.status} />
        <span className="sr-only">{word}</span>
      </span>
      <span className="min-w-0 grow">
        <span className="block truncate font-medium" title={nameOf(step)}>
          {nameOf(step)}
        </span>
        <span className="flex min-w-0 items-center gap-1.5 text-xs [&>*:last-child]:truncate">
          <StepMarks step={step} />
          {reason && (
            <span title={reason} className={cx("min-w-8", step.error ? "text-bad" : "text-ink-faint")}>
              {reason}
            </span>
          )}
        </span>
      </span>
      <span className={BARS}>
        <TimeBar step={step} span={span} />
      </span>
      <span className="w-14 shrink-0 text-right text-2xs text-ink-faint">
        {waits ? word : <Took from={step.started_at} to={step.finished_at} />}
      </span>
    </div>
  );
}
