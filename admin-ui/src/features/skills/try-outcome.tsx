/** What came of a try, while it happens and afterwards. */
import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import { buttonLook } from "@/components/button";
import { Panel } from "@/components/panel";
import { StatusPill } from "@/components/status-pill";
import { ValueTable } from "@/components/value-table";
import { Took } from "@/components/when";
import { adviceFor } from "@/features/run/advice";
import type { RunDetail, Step } from "@/lib/api";
import { inDollars } from "@/lib/money";
import { WAITS_FOR } from "@/lib/status";

interface TryOutcomeProps {
  run: RunDetail;
  /** What the skill did; undefined: it has not begun. */
  step: Step | undefined;
}

export function TryOutcome({ run, step }: TryOutcomeProps) {
  const wait = run.waiting?.[0];
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-3">
          What came of it <StatusPill status={run.status} />
        </span>
      }
      aside={
        <Link
          to="/runs/$threadId"
          params={{ threadId: run.thread_id }}
          className={buttonLook("secondary", "sm")}
        >
          <ArrowUpRight aria-hidden /> Open the run
        </Link>
      }
    >
      <div className="space-y-4 p-5 text-[0.8125rem] max-md:p-4" aria-live="polite">
        {run.error && (
          <div>
            <p className="font-medium break-words text-bad [overflow-wrap:anywhere]">{run.error.message}</p>
            <p className="mt-1 text-ink-soft">{adviceFor(run.error)}</p>
          </div>
        )}
        {wait && (
          <p className="text-wait">
            It waits for {WAITS_FOR[wait.reason]}.{" "}
            <Link to="/runs/$threadId" params={{ threadId: run.thread_id }} className="font-medium underline">
              Answer on its page
            </Link>
          </p>
        )}
        {step?.outputs && (
          <div>
            <h3 className="mb-1.5 text-xs font-medium text-ink-faint">What it produced</h3>
            <ValueTable data={step.outputs} />
          </div>
        )}
        {!run.error && !wait && !step?.outputs && (
          <p className="text-ink-soft">A worker takes it in a moment.</p>
        )}
        <p className="text-xs text-ink-faint">
          {run.started_at && (
            <>
              Took <Took from={run.started_at} to={run.finished_at} />
            </>
          )}
          {step && step.attempt > 1 && `, attempt ${step.attempt}`}
          {run.tokens > 0 &&
            `, ${run.tokens.toLocaleString("en")} tokens${run.money === null ? "" : `, ${inDollars(run.money)}`}`}
        </p>
      </div>
    </Panel>
  );
}
