/** One carried-out step: closed a line, open its inputs, outputs, attempts and records. */
import { ChevronRight, History, ShieldCheck, ShieldQuestion, UserCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { Badge } from "@/components/badge";
import { StatusIcon } from "@/components/status-pill";
import { rowsOf } from "@/components/value-table";
import { Took } from "@/components/when";
import type { Step } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { isNumber, type JsonObject } from "@/lib/json";
import { STATUS, type Tone } from "@/lib/status";
import { StepBody } from "./step-body";
import { reasonBeside, SourceBadge, SourceWarnings } from "./step-source";

const DISC: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  wait: "bg-wait-soft text-wait",
  busy: "bg-busy-soft text-busy",
  idle: "bg-idle-soft text-idle",
};

interface StepCardProps {
  threadId: string;
  step: Step;
  span: { from: string; to: string | null } | null;
  openAtFirst: boolean;
}

export function StepCard({ threadId, step, span, openAtFirst }: StepCardProps) {
  const [open, setOpen] = useState(openAtFirst);
  useEffect(() => {
    if (openAtFirst) setOpen(true);
  }, [openAtFirst]);
  const { word, tone } = STATUS[step.status];
  const reason = step.reason && reasonBeside(step.reason, step.reused_from);
  const ended = step.finished_at ?? (step.status === "started" ? null : step.started_at);
  return (
    <article
      data-step={step.seq}
      data-status={step.status}
      className={cx(
        "overflow-hidden rounded-xl border bg-surface shadow-card",
        step.status === "failed" && "border-bad/40",
        (step.status === "waiting" || step.status === "in_doubt") && "border-wait/40",
      )}
    >
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex w-full flex-wrap items-start gap-3 px-4 py-3 text-left transition-colors hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span
          title={word}
          className={cx("mt-px flex size-6 shrink-0 items-center justify-center rounded-full", DISC[tone])}
        >
          <StatusIcon status={step.status} />
          <span className="sr-only">{word}</span>
        </span>
        <span className="flex min-w-0 grow flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-semibold break-words">
            {step.kind === "approval" ? `Approval of ${step.skill}` : step.skill}
          </span>
          <Marks step={step} />
        </span>
        {span && <Bar step={step} span={span} />}
        <span className="w-16 shrink-0 pt-0.5 text-right text-xs text-ink-faint max-md:w-auto">
          {step.status === "waiting" || step.status === "in_doubt" ? (
            word
          ) : (
            <Took from={step.started_at} to={ended} />
          )}
        </span>
        <ChevronRight
          aria-hidden
          className={cx("mt-1 size-4 shrink-0 text-ink-faint transition-transform", open && "rotate-90")}
        />
        <span className="-mt-2 basis-full space-y-1 pl-9 text-[0.8125rem] break-words max-md:pl-0 max-md:-mt-1">
          {reason && <span className={cx("text-ink-soft", open ? "block" : "line-clamp-2")}>{reason}</span>}
          {step.reused_from && <SourceWarnings from={step.reused_from} />}
          {step.error && <span className="block text-bad">{step.error.message}</span>}
          {!open && step.outputs && <Outcome outputs={step.outputs} />}
        </span>
      </button>
      {open && <StepBody threadId={threadId} step={step} ended={span !== null && span.to !== null} />}
    </article>
  );
}

const MOST_OUTCOMES = 3;
const SHORT = 40;

/** The first short values that a closed step produced. */
function Outcome({ outputs }: { outputs: JsonObject }) {
  const short = rowsOf(outputs).filter(
    ({ value }) =>
      (typeof value === "string" && value.length <= SHORT) || isNumber(value) || typeof value === "boolean",
  );
  if (short.length === 0) return null;
  return (
    <span className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-ink-faint">
      {short.slice(0, MOST_OUTCOMES).map(({ path, value }) => (
        <span key={path} className="min-w-0 break-words">
          <span className="font-mono">{path}</span> <span className="text-ink">{String(value)}</span>
        </span>
      ))}
      {short.length > MOST_OUTCOMES && <span>and {short.length - MOST_OUTCOMES} more</span>}
    </span>
  );
}

/** What was special about the step. */
function Marks({ step }: { step: Step }) {
  const { effect, reused_from: from } = step;
  return (
    <>
      {step.attempt > 1 && (
        <Badge tone="wait">
          <History aria-hidden /> attempt {step.attempt}
        </Badge>
      )}
      {from && <SourceBadge from={from} />}
      {!from && effect?.state === "receipt" && (
        <Badge tone="idle" title="An irreversible effect that happened; reruns won't repeat it">
          <ShieldCheck aria-hidden /> receipt
        </Badge>
      )}
      {effect?.state === "doubt" && (
        <Badge tone="wait" title="Nobody can tell whether it happened">
          <ShieldQuestion aria-hidden /> in doubt
        </Badge>
      )}
      {step.actor && step.actor.kind !== "worker" && from?.why !== "given" && (
        <Badge>
          <UserCheck aria-hidden /> {step.actor.name ?? step.actor.kind}
        </Badge>
      )}
    </>
  );
}

/** Where the step lies in the run's time. */
function Bar({ step, span }: { step: Step; span: { from: string; to: string | null } }) {
  const from = Date.parse(span.from);
  const whole = (span.to ? Date.parse(span.to) : Date.now()) - from;
  if (whole <= 0) return null;
  const left = Math.min(98, Math.max(0, ((Date.parse(step.started_at) - from) / whole) * 100));
  const end = step.finished_at ? ((Date.parse(step.finished_at) - from) / whole) * 100 : 100;
  const width = Math.max(2, Math.min(100, end) - left);
  return (
    <span
      aria-hidden
      className="relative mt-2.5 h-1.5 w-32 shrink-0 overflow-hidden rounded-full bg-sunken max-lg:hidden"
    >
      <span
        className={cx(
          "absolute inset-y-0 rounded-full",
          step.status === "failed" ? "bg-bad" : "bg-accent/60",
        )}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
    </span>
  );
}
