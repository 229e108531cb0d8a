/** The effect of a step on the outside world: where it stands, what makes it this one, who knows. */
import { Link } from "@tanstack/react-router";
import { ValueTable } from "@/components/value-table";
import { actorText } from "@/features/audit/actor";
import { EFFECT, EffectPill } from "@/features/effects/effect-state";
import type { Step } from "@/lib/api";
import type { JsonObject } from "@/lib/json";
import { Part } from "./part";

export function StepEffectPart({ threadId, step }: { threadId: string; step: Step }) {
  const { effect } = step;
  if (!effect) return null;
  const elsewhere = effect.thread_id !== threadId;
  return (
    <Part
      title="Effect"
      aside={
        <Link
          to="/effects"
          search={{ run: effect.thread_id }}
          className="text-xs font-medium text-accent hover:underline"
        >
          Open in the ledger
        </Link>
      }
    >
      <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem]">
        <EffectPill state={effect.state} />
        <span className="text-ink-soft">
          {EFFECT[effect.state].meaning}
          {effect.settled_by && effect.settled_by.kind !== "worker" && (
            <>, as told by {actorText(effect.settled_by)}</>
          )}
          .{" "}
          {elsewhere && (
            <>
              Not done here but by{" "}
              <Link
                to="/runs/$threadId"
                params={{ threadId: effect.thread_id }}
                search={{ at: effect.seq }}
                className="text-accent hover:underline"
              >
                {effect.thread_id}, step {effect.seq}
              </Link>
              .
            </>
          )}
          {effect.repeat > 0 && <> Repetition {effect.repeat}.</>}
        </span>
      </div>
      <ValueTable data={effect.key as JsonObject} />
    </Part>
  );
}
