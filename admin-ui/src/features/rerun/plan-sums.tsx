/** A plan in short: how much is reused, which effects would happen again, and what it took last time. */
import { ShieldAlert, TriangleAlert } from "lucide-react";
import { Notice } from "@/components/notice";
import type { Plan } from "@/lib/api";
import { countsText, estimateText, happensAgainText } from "./plan-estimate";

const PARTS = [
  { name: "reuse", look: "bg-good" },
  { name: "execute", look: "bg-busy" },
  { name: "open", look: "bg-wait" },
] as const;

export function PlanSums({ plan }: { plan: Plan }) {
  const likely = countsText(plan.as_last_time);
  const again = happensAgainText(plan);
  return (
    <div className="space-y-2 text-[0.8125rem]">
      <div className="space-y-2 rounded-lg border bg-surface p-3">
        <p className="text-sm font-semibold">{countsText(plan.counts)}</p>
        <Proportions counts={plan.counts} />
        {likely !== countsText(plan.counts) && (
          <p className="text-ink-soft">If everything comes out as last time: {likely}</p>
        )}
        <p className="text-ink-soft">Last time {estimateText(plan)}</p>
        {again && (
          <p className="flex items-center gap-2 font-medium text-wait">
            <ShieldAlert aria-hidden className="size-4 shrink-0" /> {again}
          </p>
        )}
      </div>
      {plan.ends && (
        <Notice kind="bad" title={`It ends at step ${plan.ends.seq}`}>
          {plan.ends.message}
        </Notice>
      )}
      {plan.open_because && (
        <p className="text-ink-soft">
          Open from step {plan.open_from} on: {plan.open_because}.
        </p>
      )}
      {plan.warnings.map((warning) => (
        <p key={warning} className="flex gap-2 text-wait">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 break-words">{warning}</span>
        </p>
      ))}
    </div>
  );
}

/** The same as the sentence above it, for the eye. */
function Proportions({ counts }: { counts: Plan["counts"] }) {
  return (
    <div aria-hidden className="flex h-1.5 gap-0.5 overflow-hidden rounded-full bg-idle-soft">
      {PARTS.filter(({ name }) => counts[name] > 0).map(({ name, look }) => (
        <span key={name} className={look} style={{ flexGrow: counts[name] }} />
      ))}
    </div>
  );
}
