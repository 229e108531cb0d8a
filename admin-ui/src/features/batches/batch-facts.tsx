/** How a batch was asked for: which runs, how they are rerun, within which limits, by whom. */
import type { ReactNode } from "react";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import { askedFor } from "@/features/run/asked-for";
import type { Batch } from "@/lib/api/batches";
import { type Json, type JsonObject, writeJson } from "@/lib/json";
import { absoluteTime } from "@/lib/time";
import { budgetText, percent, spentText } from "./figures";

export function BatchFacts({ batch }: { batch: Batch }) {
  const how = askedFor(batch.rerun).map(({ said }) => said);
  return (
    <dl className="grid gap-x-8 gap-y-3 text-[0.8125rem] sm:grid-cols-2 xl:grid-cols-4">
      <Fact name="Spent">
        {spentText(batch)} <span className="text-ink-faint">· {budgetText(batch)}</span>
      </Fact>
      <Fact name="How">{how.length > 0 ? how.join(" · ") : "Everything anew"}</Fact>
      <Fact name="Which runs">
        {batch.filter ? filterText(batch.filter) : "Chosen one by one"}
        {batch.only_open && <span className="text-ink-faint"> · only open ones</span>}
      </Fact>
      <Fact name="Order and speed">
        {batch.order === null ? "As selected, " : `The ${batch.order} first, `}
        {batch.concurrency.toLocaleString("en")} at once
        {batch.order_by_key && (
          <>
            , one at a time per <code className="font-mono text-xs">{batch.order_by_key}</code>
          </>
        )}
      </Fact>
      {batch.stop_at_failure_rate !== null && (
        <Fact name="Pauses">when more than {percent(batch.stop_at_failure_rate)} fail</Fact>
      )}
      <Fact name="Started">
        <When at={batch.created_at} /> by {actorText(batch.requested_by)}
      </Fact>
      {batch.finished_at && (
        <Fact name="Finished">
          <When at={batch.finished_at} />
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-faint">{name}</dt>
      <dd className="break-words [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}

const NAMES: Record<string, string> = {
  name: "name or id",
  q: "words in the SOP",
  sop_name: "SOP",
  initial_data: "initial data",
  created_after: "created after",
  created_before: "created before",
  parent: "reruns of",
  root: "family of",
  failed_skill: "failed in",
  signature: "failed with",
};

/** A stored filter in words; fields that are not known are named as they are. */
export function filterText(filter: JsonObject): string {
  return Object.entries(filter)
    .map(([name, value]) => {
      const word = NAMES[name] ?? name.replace("_", " ");
      return value === false ? `not ${word}` : `${word} ${valueText(name, value)}`.trim();
    })
    .join(", ");
}

function valueText(name: string, value: Json): string {
  if (value === true) return "";
  if (value === "" && name === "failed_skill") return "no skill";
  if (Array.isArray(value)) return value.map(String).join(" or ");
  const text = typeof value === "string" ? value : writeJson(value);
  return name.startsWith("created_") ? absoluteTime(Date.parse(text)) : text;
}
