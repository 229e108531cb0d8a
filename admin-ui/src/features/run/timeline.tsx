/** All steps of a run in order: each decision, and below it what it had carried out. */
import { Flag, Route, TriangleAlert } from "lucide-react";
import type { Step } from "@/lib/api";
import { isObject } from "@/lib/json";
import { StepCard } from "./step-card";
import { SourceBadge } from "./step-source";

interface TimelineProps {
  threadId: string;
  steps: Step[];
  /** When the run began and ended, for the bars. */
  span: { from: string; to: string | null } | null;
  /** Steps that are open at first. */
  open: number | null;
}

export function Timeline({ threadId, steps, span, open }: TimelineProps) {
  const byDecision = new Map<number, Step[]>();
  for (const step of steps) {
    byDecision.set(step.decision, [...(byDecision.get(step.decision) ?? []), step]);
  }
  return (
    <ol className="relative space-y-5 before:absolute before:top-3 before:bottom-3 before:left-[0.6875rem] before:w-px before:bg-line">
      {[...byDecision].map(([seq, group]) => {
        const decision = group.find(({ kind }) => kind === "decision");
        const carriedOut = group.filter(({ kind }) => kind !== "decision");
        // The planner's sentence is the sum of the steps' own reasons, as long as nothing else happened to them.
        const told =
          carriedOut.length > 0 &&
          carriedOut.every(({ reason }) => reason && decision?.reason?.includes(reason));
        return (
          <li key={seq} className="relative pl-9 max-md:pl-8">
            {decision && <DecisionLine step={decision} hideReason={told} />}
            {carriedOut.length > 0 && (
              <ol className="mt-2.5 space-y-2.5">
                {carriedOut.map((step) => (
                  <li key={step.seq} id={`step-${step.seq}`} className="scroll-mt-20">
                    <StepCard threadId={threadId} step={step} span={span} openAtFirst={step.seq === open} />
                  </li>
                ))}
              </ol>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function DecisionLine({ step, hideReason }: { step: Step; hideReason: boolean }) {
  const outputs = step.outputs ?? {};
  const notAsked = names(outputs.not_asked_for);
  const missing = names(outputs.missing);
  const Icon = outputs.finish ? Flag : outputs.give_up || step.error ? TriangleAlert : Route;
  return (
    <div>
      <span className="absolute top-0 left-0 flex size-[1.4375rem] items-center justify-center rounded-full border bg-surface text-ink-faint">
        <Icon className="size-3" aria-hidden />
      </span>
      <p className="text-[0.8125rem] leading-6">
        <span className="font-medium">{headline(step)}</span>{" "}
        {step.reused_from && <SourceBadge from={step.reused_from} />}
        {step.reason && !hideReason && <span className="text-ink-soft"> {step.reason}</span>}
      </p>
      {step.error && <p className="text-[0.8125rem] text-bad">{step.error.message}</p>}
      {missing.length > 0 && (
        <p className="text-[0.8125rem] text-ink-soft">
          Missing: <Codes texts={missing} />
        </p>
      )}
      {notAsked.length > 0 && (
        <p className="text-[0.8125rem] text-ink-faint">
          Could have run, not asked for: <Codes texts={notAsked} />
        </p>
      )}
    </div>
  );
}

function headline({ outputs, status }: Step): string {
  if (status === "started") return "Deciding what comes next…";
  if (status === "failed") return "No decision.";
  if (status === "waiting") return "Will decide again.";
  if (outputs?.finish) return "Finished.";
  if (outputs?.give_up) return "Gave up.";
  const chosen = names(outputs?.run);
  return chosen.length > 1
    ? `Chose ${chosen.length} skills, side by side.`
    : `Chose ${chosen[0] ?? "a step"}.`;
}

function names(value: unknown): string[] {
  const list = isObject(value) ? value.skills : value;
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

function Codes({ texts }: { texts: string[] }) {
  return texts.map((text, index) => (
    <span key={text}>
      {index > 0 && ", "}
      <code className="font-mono text-xs">{text}</code>
    </span>
  ));
}
