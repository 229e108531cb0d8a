/** A comparison: headline and origins, totals, aligned steps, and the data they led to. */
import { Link } from "@tanstack/react-router";
import { CircleCheck, Equal } from "lucide-react";
import { Empty } from "@/components/empty";
import { Panel } from "@/components/panel";
import { StatusPill } from "@/components/status-pill";
import type { ComparedRun, RunComparison } from "@/lib/api";
import { AlignedSteps } from "./aligned-steps";
import { Attribution } from "./attribution";
import { DifferencesTable } from "./differences-table";
import { Origins } from "./origins";
import { TotalsTable } from "./totals-table";

interface ComparisonViewProps {
  found: RunComparison;
  onlyDifferences: boolean;
  onOnlyDifferences: (on: boolean) => void;
}

export function ComparisonView({ found, onlyDifferences, onOnlyDifferences }: ComparisonViewProps) {
  return (
    <div className="space-y-5">
      <section className="rounded-xl border bg-surface shadow-card">
        <div className="grid grid-cols-2 divide-x border-b max-md:grid-cols-1 max-md:divide-x-0 max-md:divide-y">
          <Run side="Left" run={found.left} />
          <Run side="Right" run={found.right} />
        </div>
        <div className="px-5 py-4 max-md:px-4">
          <h2 data-headline className="flex items-start gap-2 text-base font-semibold break-words">
            {!found.differs && <CircleCheck aria-hidden className="mt-1 size-4.5 shrink-0 text-good" />}
            {found.headline}
          </h2>
          {found.origins.length > 0 && <Origins origins={found.origins} />}
          <Attribution found={found} />
        </div>
      </section>
      <Panel
        title="Steps"
        aside={
          <label className="flex items-center gap-2 text-[0.8125rem] text-ink-soft">
            <input
              type="checkbox"
              checked={onlyDifferences}
              onChange={(event) => onOnlyDifferences(event.target.checked)}
              className="size-4 accent-(--accent)"
            />
            Only differences
          </label>
        }
      >
        <AlignedSteps steps={found.steps} onlyDifferences={onlyDifferences} />
      </Panel>
      <Panel title="Data at the end">
        {found.data.items.length > 0 ? (
          <DifferencesTable found={found.data} />
        ) : (
          <Empty icon={<Equal aria-hidden />} title="The data are the same">
            {found.differs ? "What differs has made no difference in the end." : undefined}
          </Empty>
        )}
      </Panel>
      <Panel title="What it took">
        <TotalsTable totals={found.totals} />
      </Panel>
    </div>
  );
}

function Run({ side, run }: { side: string; run: ComparedRun }) {
  return (
    <div className="min-w-0 px-5 py-3.5 max-md:px-4">
      <div className="text-xs text-ink-faint">{side}</div>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Link
          to="/runs/$threadId"
          params={{ threadId: run.thread_id }}
          className="min-w-0 font-medium break-words text-accent hover:underline"
        >
          {run.run_name}
        </Link>
        <StatusPill status={run.status} />
      </div>
      <code className="font-mono text-xs break-all text-ink-faint">{run.thread_id}</code>
    </div>
  );
}
