/** A comparison: headline and origins, totals, aligned steps, and the data they led to. */
import { CircleCheck, Equal } from "lucide-react";
import { Empty } from "@/components/empty";
import { Panel } from "@/components/panel";
import type { RunComparison } from "@/lib/api";
import { useShortcut } from "@/lib/shortcut";
import { AlignedSteps } from "./aligned-steps";
import { Attribution } from "./attribution";
import { ComparedHeads, type Pair } from "./compared-heads";
import { DifferencesTable } from "./differences-table";
import { Origins } from "./origins";
import { useWalk } from "./places";
import { Totals } from "./totals";

interface ComparisonViewProps {
  found: RunComparison;
  onlyDifferences: boolean;
  onOnlyDifferences: (on: boolean) => void;
  onChoose: (pair: Pair) => void;
}

export function ComparisonView({ found, onlyDifferences, onOnlyDifferences, onChoose }: ComparisonViewProps) {
  const { left, right } = found;
  const walk = useWalk(found.steps);
  useShortcut("x", "Swap the two runs", () => onChoose({ left: right.thread_id, right: left.thread_id }));
  return (
    <div className="space-y-5">
      <ComparedHeads {...{ left, right, walk, onlyDifferences, onOnlyDifferences, onChoose }} />
      <section className="rounded-xl border bg-surface shadow-card">
        <div className="px-5 py-4 max-md:px-4">
          <h2 data-headline className="flex items-start gap-2 text-base font-semibold break-words">
            {!found.differs && <CircleCheck aria-hidden className="mt-1 size-4.5 shrink-0 text-good" />}
            {found.headline}
          </h2>
          {found.origins.length > 0 && <Origins origins={found.origins} />}
          <Attribution found={found} />
        </div>
        <Totals totals={found.totals} />
      </section>
      <Panel title="Steps">
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
    </div>
  );
}
