/** The first runs of a batch apart from the others: what they had to show, and what became of them. */
import { Badge } from "@/components/badge";
import { Panel } from "@/components/panel";
import type { Batch, BatchItem } from "@/lib/api/batches";
import { BatchItems } from "./batch-items";
import { GATE } from "./batch-state";
import { gateText } from "./gate-text";

interface CanaryPanelProps {
  canary: NonNullable<Batch["canary"]>;
  /** Those that have a rerun, in order. */
  items: BatchItem[];
  /** How many there are in the whole batch. */
  total: number;
}

const SHOWN = 10;

export function CanaryPanel({ canary, items, total }: CanaryPanelProps) {
  const first = items.filter(({ thread_id }) => thread_id !== null).slice(0, canary.size);
  const { word, tone, meaning } = GATE[canary.state];
  const rest = Math.max(0, total - canary.size);
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2" data-canary={canary.state}>
          {canary.size === 1 ? "The first run" : `The first ${canary.size.toLocaleString("en")} runs`}
          <Badge tone={tone} title={meaning}>
            {word}
          </Badge>
        </span>
      }
    >
      <p className="border-b px-5 py-3 text-[0.8125rem] text-ink-soft max-md:px-4">
        {canary.size === 1 ? "It " : "Each of them "}
        {gateText(canary.gate)}. {WHAT_NEXT[canary.state](rest)}
      </p>
      {first.length === 0 ? (
        <p className="px-5 py-4 text-[0.8125rem] text-ink-faint">None has begun yet.</p>
      ) : (
        <BatchItems items={first.slice(0, SHOWN)} />
      )}
      {first.length > SHOWN && (
        <p className="border-t px-5 py-2 text-xs text-ink-faint">
          The others of the first {canary.size.toLocaleString("en")} stand below.
        </p>
      )}
    </Panel>
  );
}

const others = (rest: number) => (rest === 1 ? "The other one" : `The other ${rest.toLocaleString("en")}`);

const WHAT_NEXT: Record<NonNullable<Batch["canary"]>["state"], (rest: number) => string> = {
  open: (rest) => (rest > 0 ? `${others(rest)} start by themselves once all of these have.` : ""),
  waiting: () => "One of them waits for a person; the others start after that.",
  passed: (rest) => (rest > 0 ? `All did, so the others have been started.` : "All did."),
  failed: () => "At least one did not, so nothing more was started. Look at why, then resume it or abort it.",
  overruled: () => "At least one did not, and a person let the others go on all the same.",
};
