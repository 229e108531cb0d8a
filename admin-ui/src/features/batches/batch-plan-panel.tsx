/** What the batch would do: how many runs, what it may cost, which effects, and the first runs one by one. */
import { Link } from "@tanstack/react-router";
import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import { Skeleton } from "@/components/empty";
import { EndKept } from "@/components/end-kept";
import { Notice } from "@/components/notice";
import { ProblemNotice } from "@/components/problem-notice";
import { EFFECT_SAID } from "@/features/rerun/plan-difference";
import { countsText } from "@/features/rerun/plan-estimate";
import { PlanSteps } from "@/features/rerun/plan-steps";
import type { PlanEffect } from "@/lib/api";
import type { BatchPlan, BatchSample } from "@/lib/api/batches";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";
import { estimateOf, runsText } from "./figures";
import type { ShownBatchPlan } from "./use-batch-plan";

interface BatchPlanPanelProps {
  shown: ShownBatchPlan;
  /** Whether what was typed can be read at all. */
  readable: boolean;
  /** Skills whose effects may happen again. */
  consent: string[];
  onConsent: (skills: string[]) => void;
}

export function BatchPlanPanel({ shown, readable, consent, onConsent }: BatchPlanPanelProps) {
  const { plan, current, error, retry } = shown;
  const loading = readable && !current && !error;
  return (
    <section
      aria-label="Dry run"
      aria-busy={loading}
      data-plan={error ? "error" : current ? "current" : "loading"}
      className="space-y-4"
    >
      <div className="flex items-center gap-2">
        <h3 className="font-semibold">Dry run</h3>
        {loading && <LoaderCircle aria-hidden className="size-4 animate-spin text-ink-faint" />}
      </div>
      <div aria-live="polite" className="space-y-4">
        {error && <Refused error={error} onRetry={retry} />}
        {!plan && loading && <Skeleton className="h-40" />}
        {plan && !error && (
          <div className={cx("space-y-4 text-[0.8125rem] transition-opacity", !current && "opacity-60")}>
            <Sums plan={plan} />
            <Effects plan={plan} consent={consent} onConsent={onConsent} />
            <Part title={`The first ${plan.sampled === 1 ? "run" : plan.sampled}`}>
              <ul className="divide-y rounded-lg border bg-surface">
                {plan.sample.map((one) => (
                  <Sample key={one.source} sample={one} />
                ))}
              </ul>
            </Part>
          </div>
        )}
      </div>
    </section>
  );
}

function Refused({ error, onRetry }: { error: NonNullable<ShownBatchPlan["error"]>; onRetry: () => void }) {
  if (error.type === "nothing-matches") {
    return (
      <Notice kind="wait" title="No run matches any more">
        Close this and choose again.
      </Notice>
    );
  }
  if (error.status < 400 || error.status >= 500 || error.status === 401) {
    return <ProblemNotice error={error} onRetry={onRetry} />;
  }
  const pointer = error.errors[0]?.pointer;
  return (
    <Notice kind="bad" title="It can't be done like this">
      {error.detail}
      {pointer && (
        <p className="mt-1.5 text-xs text-ink-soft">
          Field: <code className="font-mono">{pointer}</code>
        </p>
      )}
    </Notice>
  );
}

function Sums({ plan }: { plan: BatchPlan }) {
  const { sampled, refused, skipped } = plan;
  const kept = [refused > 0 && `${refused} refused`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
  return (
    <div className="space-y-2">
      <p className="text-base font-semibold">{runsText(plan.count, plan.capped)}</p>
      <p className="text-ink-soft">
        {sampled >= plan.count
          ? `In all ${estimateOf(plan)}.`
          : `About ${estimateOf(plan)}, if the others are like the ${sampled === 1 ? "one" : sampled} looked at.`}
      </p>
      {kept.length > 0 && (
        <Notice kind={refused + skipped === sampled ? "bad" : "wait"}>
          Of {sampled === 1 ? "the run" : `the ${sampled} runs`} looked at, {kept.join(" and ")}.
          {refused + skipped === sampled && " As it is chosen now, nothing may come of it."}
        </Notice>
      )}
    </div>
  );
}

const AGAIN = ["needs_consent", "happens_again"];

function Effects({
  plan,
  consent,
  onConsent,
}: { plan: BatchPlan } & Omit<BatchPlanPanelProps, "shown" | "readable">) {
  if (plan.effects.length === 0) {
    return (
      <Part title="Irreversible effects">
        <p className="text-ink-soft">None in the runs looked at.</p>
      </Part>
    );
  }
  const asked = [
    ...new Set(plan.effects.filter(({ state }) => AGAIN.includes(state)).map(({ skill }) => skill)),
  ];
  return (
    <Part title="Irreversible effects, in the runs looked at">
      <ul className="space-y-1">
        {plan.effects.map(({ skill, state, count }) => (
          <li key={`${skill} ${state}`} data-effect={skill} data-state={state} className="flex gap-2">
            <span className="tabular w-8 shrink-0 text-right font-medium">{count} ×</span>
            <span className="min-w-0 break-words">
              <span className="font-medium">{skill}</span>{" "}
              <span className={AGAIN.includes(state) || state === "in_doubt" ? "text-wait" : "text-ink-soft"}>
                {EFFECT_SAID[state as PlanEffect["state"]] ?? state}
              </span>
            </span>
          </li>
        ))}
      </ul>
      {asked.length > 0 && (
        <div className="space-y-1.5 rounded-lg border border-wait/40 bg-wait-soft/50 p-2.5">
          {asked.map((skill) => (
            <label key={skill} className="flex cursor-pointer items-start gap-2 font-medium">
              <input
                type="checkbox"
                checked={consent.includes(skill)}
                onChange={(event) =>
                  onConsent(
                    event.target.checked ? [...consent, skill] : consent.filter((name) => name !== skill),
                  )
                }
                className="mt-0.5 size-4 accent-(--accent)"
              />
              Yes, {skill} may happen again in each of these runs
            </label>
          ))}
          <p className="text-xs text-ink-soft">Without it each run waits there for an answer.</p>
        </div>
      )}
    </Part>
  );
}

const OUTCOMES: Record<BatchSample["outcome"], { word: string; tone: Tone }> = {
  rerun: { word: "rerun", tone: "good" },
  refused: { word: "refused", tone: "wait" },
  skipped: { word: "skipped", tone: "idle" },
};

function Sample({ sample: { source, outcome, reason, plan } }: { sample: BatchSample }) {
  const { word, tone } = OUTCOMES[outcome];
  return (
    <li data-sample={source} data-outcome={outcome} className="px-3 py-2">
      <div className="flex items-center gap-2">
        <Link
          to="/runs/$threadId"
          params={{ threadId: source }}
          target="_blank"
          className="min-w-0 grow font-mono text-xs hover:text-accent"
          title={source}
        >
          <EndKept text={source} />
        </Link>
        <Badge tone={tone}>{word}</Badge>
      </div>
      {reason && <p className="mt-0.5 text-xs break-words text-ink-soft">{reason}</p>}
      {plan && outcome === "rerun" && (
        <details className="mt-0.5">
          <summary className="cursor-pointer text-xs text-ink-soft hover:text-accent">
            {countsText(plan.counts)}
          </summary>
          <div className="mt-1.5 space-y-2">
            <PlanSteps threadId={source} steps={plan.steps} />
          </div>
        </details>
      )}
    </li>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-1.5">
      <h4 className="font-medium">{title}</h4>
      {children}
    </section>
  );
}
