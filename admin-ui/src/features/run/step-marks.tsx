/** What was special about a step: attempts, a result taken over, an effect, who answered. */
import { History, Send, ShieldCheck, ShieldQuestion, UserCheck } from "lucide-react";
import { Badge } from "@/components/badge";
import type { Step } from "@/lib/api";
import { SourceBadge } from "./step-source";

export function StepMarks({ step }: { step: Step }) {
  const { effect, reused_from: from } = step;
  return (
    <>
      {step.attempt > 1 && (
        <Badge tone="wait" title={`It took ${step.attempt} attempts so far`}>
          <History aria-hidden /> attempt {step.attempt}
        </Badge>
      )}
      {from && <SourceBadge from={from} />}
      {!from && effect?.state === "receipt" && (
        <Badge tone="idle" title="An irreversible effect that happened; reruns won't repeat it">
          <ShieldCheck aria-hidden /> receipt
        </Badge>
      )}
      {effect?.state === "doubt" && step.status !== "in_doubt" && (
        <Badge tone="wait" title="Nobody can tell whether it happened">
          <ShieldQuestion aria-hidden /> in doubt
        </Badge>
      )}
      {effect?.state === "intent" && (
        <Badge tone="busy" title="An irreversible effect is announced, and may be happening now">
          <Send aria-hidden /> effect announced
        </Badge>
      )}
      {step.actor && step.actor.kind !== "worker" && from?.why !== "given" && (
        <Badge title="Who answered">
          <UserCheck aria-hidden /> {step.actor.name ?? step.actor.kind}
        </Badge>
      )}
    </>
  );
}
