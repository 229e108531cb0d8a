/** How far a batch has come, as a bar and in words. */
import { Bar } from "@/components/bar";
import type { Batch } from "@/lib/api/batches";
import { FILLS, ITEM, ITEM_STATES } from "./batch-state";
import { countOf, doneOf } from "./figures";

export function BatchBar({ batch, thin }: { batch: Batch; thin?: boolean }) {
  const { counts } = batch;
  const parts = ITEM_STATES.filter((state) => state !== "pending").map((state) => ({
    name: ITEM[state].word.toLowerCase(),
    count: counts[state],
    fill: FILLS[ITEM[state].tone],
  }));
  return (
    <Bar label="Progress" parts={parts} total={Math.max(counts.total, batch.expected ?? 0)} thin={thin} />
  );
}

export function Done({ batch }: { batch: Batch }) {
  return (
    <span className="tabular whitespace-nowrap">
      {doneOf(batch.counts).toLocaleString("en")} of {countOf(batch)}
    </span>
  );
}
