/** The step that is looked at: what it read and produced, why, at what cost, and what was kept beside it. */
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { memo } from "react";
import { buttonLook } from "@/components/button";
import { StatusPill } from "@/components/status-pill";
import type { RunDetail, Step } from "@/lib/api";
import { isFinal } from "@/lib/status";
import { gaveUp, nameOf } from "./decision";
import { DecisionBody } from "./decision-body";
import { StepAttempts } from "./step-attempts";
import { Inputs, Outputs } from "./step-data";
import { StepEffectPart } from "./step-effect";
import { StepFacts } from "./step-facts";
import { StepMarks } from "./step-marks";
import { StepRecords } from "./step-records";
import { reasonBeside, SourceLink, SourceWarnings, saysMore } from "./step-source";

interface StepDetailProps {
  run: RunDetail;
  step: Step;
  bySeq: ReadonlyMap<number, Step>;
}

/** While the run goes on the list moves every second; this does not have to. */
export const StepDetail = memo(function StepDetail({ run, step, bySeq }: StepDetailProps) {
  const ended = isFinal(run.status);
  return (
    <article
      id="looked-at"
      data-detail={step.seq}
      data-status={step.status}
      aria-label={`Step ${step.seq}: ${nameOf(step)}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that
      tabIndex={0}
      className="min-h-0 grow scroll-mt-16 overflow-y-auto overscroll-contain focus-visible:-outline-offset-2"
    >
      <div className="sticky top-0 z-10 border-b bg-surface px-5 py-3 max-md:px-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h2 className="min-w-0 text-base font-semibold break-words">{nameOf(step)}</h2>
          {!gaveUp(step) && <StatusPill status={step.status} />}
          {/* In a row of their own, and on small screens the button in one. */}
          <div className="flex flex-wrap gap-1.5 empty:hidden md:order-last md:basis-full">
            <StepMarks step={step} />
          </div>
          {ended && (
            <div className="max-md:basis-full md:ml-auto">
              <RerunFrom threadId={run.thread_id} seq={step.seq} />
            </div>
          )}
        </div>
      </div>
      <div className="space-y-5 px-5 py-4 max-md:px-4">
        <Why step={step} />
        <StepFacts step={step} />
        {step.kind === "decision" ? (
          <DecisionBody step={step} />
        ) : (
          <>
            <Inputs threadId={run.thread_id} step={step} bySeq={bySeq} />
            <Outputs
              threadId={run.thread_id}
              step={step}
              correctable={ended && step.status === "completed"}
            />
            <StepEffectPart threadId={run.thread_id} step={step} />
          </>
        )}
        <StepAttempts step={step} />
        <StepRecords threadId={run.thread_id} step={step} />
      </div>
    </article>
  );
});

function RerunFrom({ threadId, seq }: { threadId: string; seq: number }) {
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId }}
      search={(now) => ({ ...now, rerun: "from-step", step: seq })}
      resetScroll={false}
      title="Keeps what stands before this step, and carries out the rest again"
      className={buttonLook("secondary", "sm")}
    >
      <RotateCcw aria-hidden /> Rerun from this step
    </Link>
  );
}

/** Why it was chosen, taken over or waits, and what went wrong. */
function Why({ step }: { step: Step }) {
  const reason = step.reason && reasonBeside(step.reason, step.reused_from);
  const from = step.reused_from && saysMore(step.reused_from) ? step.reused_from : null;
  if (!reason && !from && !step.error) return null;
  return (
    <div className="space-y-1 break-words">
      {step.error && (
        <p className="rounded-lg bg-bad-soft px-3 py-2 text-bad">
          {step.error.message} <code className="font-mono text-xs">{step.error.type}</code>
        </p>
      )}
      {reason && <p className="text-ink-soft">{reason}</p>}
      {from && (
        <div className="text-[0.8125rem]">
          <SourceWarnings from={from} />
          <SourceLink from={from} />
        </div>
      )}
    </div>
  );
}
