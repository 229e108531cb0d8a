/** What the rerun would do: lines with reasons, effects, cost; the last plan stays while the next is made. */
import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Skeleton } from "@/components/empty";
import { Notice } from "@/components/notice";
import { ProblemNotice } from "@/components/problem-notice";
import { Value } from "@/components/value";
import type { Plan } from "@/lib/api";
import { cx } from "@/lib/class-names";
import type { Json } from "@/lib/json";
import type { ApiError } from "@/lib/problem";
import { PlanEffects } from "./plan-effects";
import { PlanSteps } from "./plan-steps";
import { PlanSums } from "./plan-sums";
import type { ShownPlan } from "./use-plan";

interface PlanPanelProps {
  shown: ShownPlan;
  /** Whether what was typed can be read at all. */
  readable: boolean;
  consent: string[];
  onConsent: (skills: string[]) => void;
}

export function PlanPanel({ shown, readable, consent, onConsent }: PlanPanelProps) {
  const { plan, current, error, retry } = shown;
  const loading = readable && !current && !error;
  return (
    <section
      aria-label="Plan"
      aria-busy={loading}
      data-plan={error ? "error" : current ? "current" : "loading"}
      className="space-y-4"
    >
      <div className="flex items-center gap-2">
        <h3 className="font-semibold">Plan</h3>
        {loading && <LoaderCircle aria-hidden className="size-4 animate-spin text-ink-faint" />}
      </div>
      <div aria-live="polite" className="space-y-4">
        {error && <Refused error={error} onRetry={retry} />}
        {!plan && loading && <Skeleton className="h-40" />}
        {plan && !error && (
          <div className={cx("space-y-4 transition-opacity", !current && "opacity-60")}>
            <PlanSums plan={plan} />
            {plan.effects.length > 0 && (
              <Part title="Effects">
                <PlanEffects effects={plan.effects} consent={consent} onConsent={onConsent} />
              </Part>
            )}
            <PlanSteps threadId={plan.thread_id} steps={plan.steps} />
            <Rest plan={plan} />
          </div>
        )}
      </div>
    </section>
  );
}

const KEPT = "What you have chosen is kept: the plan is asked for again every few seconds.";

/** Why there is no plan of this, and which field says so. */
function Refused({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  if (error.status === 0) {
    return (
      <>
        <ProblemNotice error={error} onRetry={onRetry} />
        <p className="text-[0.8125rem] text-ink-soft">{KEPT}</p>
      </>
    );
  }
  if (error.status < 400 || error.status >= 500 || error.status === 401) {
    return <ProblemNotice error={error} onRetry={onRetry} />;
  }
  const pointer = error.errors[0]?.pointer;
  return (
    <Notice kind="bad" title="It can't be rerun like this">
      {error.detail}
      {pointer && (
        <p className="mt-1.5 text-xs text-ink-soft">
          Field: <code className="font-mono">{pointer}</code>
        </p>
      )}
    </Notice>
  );
}

/** What a person has set, before and after; without a change the run was corrected like this already. */
function Corrected({ correction }: { correction: Plan["corrections"][number] }) {
  const { skill, paths, changed, changed_more: more, by } = correction;
  return (
    <div>
      <p>
        {skill}, set by {by.name ?? by.kind}
        {changed.length === 0 && `, as in the run: ${paths.join(", ")}`}
      </p>
      {changed.map(({ path, change, before, after }) => (
        <div key={path} className="flex flex-wrap gap-x-1.5 break-words [overflow-wrap:anywhere]">
          <code className="font-mono text-xs">{path}</code>
          <Value value={change === "added" ? undefined : (before as Json)} />→
          <Value value={change === "removed" ? undefined : (after as Json)} />
        </div>
      ))}
      {more && <p>and more</p>}
    </div>
  );
}

function Rest({ plan }: { plan: Plan }) {
  return (
    <>
      {plan.corrections.length > 0 && (
        <Part title="Corrections">
          {plan.corrections.map((correction) => (
            <Corrected key={`${correction.skill} ${correction.nth}`} correction={correction} />
          ))}
        </Part>
      )}
      {plan.versions.length > 0 && (
        <Part title="Versions that differ">
          {plan.versions.map(({ skill, recorded, rerun }) => (
            <p key={skill}>
              {skill} <code className="font-mono text-xs">{recorded.slice(0, 12)}</code> →{" "}
              {rerun ? <code className="font-mono text-xs">{rerun.slice(0, 12)}</code> : "gone"}
            </p>
          ))}
        </Part>
      )}
      {plan.left_out.length > 0 && (
        <Part title="Left out">
          <p>{plan.left_out.map(({ seq, skill }) => `step ${seq} ${skill ?? ""}`).join(", ")}</p>
        </Part>
      )}
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-1 text-[0.8125rem] break-words">
      <h4 className="font-medium">{title}</h4>
      {children}
    </section>
  );
}
