/** Batches: a table on wide screens, cards on small ones. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Pill } from "@/components/pill";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import type { Batch } from "@/lib/api/batches";
import { BatchBar, Done } from "./batch-progress";
import { lookOf } from "./batch-state";
import { spentText } from "./figures";
import { Pace } from "./pace";

const CELL = "px-3 py-3 align-top max-md:p-0";

export function BatchesTable({ batches }: { batches: Batch[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Batch
          </th>
          <th scope="col">Status</th>
          <th scope="col">Progress</th>
          <th scope="col">Outcome</th>
          <th scope="col" className="!pr-5">
            Started
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {batches.map((batch) => (
          <Row key={batch.id} batch={batch} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ batch }: { batch: Batch }) {
  return (
    <tr
      data-batch={batch.id}
      className="transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:px-4 max-md:py-4"
    >
      <td className={`${CELL} md:max-w-0 md:w-[30%] md:pl-5`}>
        <Link
          to="/batches/$batchId"
          params={{ batchId: batch.id }}
          className="block font-medium break-words hover:text-accent"
        >
          {batch.name}
        </Link>
        {batch.reason && (
          <div className="truncate text-xs text-ink-soft" title={batch.reason}>
            {batch.reason}
          </div>
        )}
      </td>
      <td className={`${CELL} max-md:justify-self-end`}>
        <Pill look={lookOf(batch)} state={batch.status} />
      </td>
      <td className={`${CELL} md:w-[22%] max-md:col-span-2`}>
        <div className="mb-1.5 text-[0.8125rem] text-ink-soft">
          <Done batch={batch} />
          {batch.pace && (
            <span className="ml-2 text-xs text-ink-faint">
              <Pace pace={batch.pace} />
            </span>
          )}
        </div>
        <BatchBar batch={batch} thin />
      </td>
      <td className={`${CELL} text-[0.8125rem] max-md:col-span-2`}>
        <Outcome batch={batch} />
      </td>
      <td className={`${CELL} text-[0.8125rem] text-ink-soft md:pr-5 max-md:col-span-2`}>
        <When at={batch.created_at} />
        <div className="text-xs text-ink-faint">{actorText(batch.requested_by)}</div>
      </td>
    </tr>
  );
}

function Outcome({ batch }: { batch: Batch }) {
  const { counts, note } = batch;
  const said: ReactNode[] = [
    counts.succeeded > 0 && <span key="s">{counts.succeeded.toLocaleString("en")} succeeded</span>,
    counts.failed > 0 && (
      <span key="f" className="text-bad">
        {counts.failed.toLocaleString("en")} failed
      </span>
    ),
    counts.waiting > 0 && (
      <span key="w" className="text-wait">
        {counts.waiting.toLocaleString("en")} {counts.waiting === 1 ? "waits" : "wait"} for a person
      </span>
    ),
    counts.refused + counts.skipped > 0 && (
      <span key="r" className="text-ink-soft">
        {(counts.refused + counts.skipped).toLocaleString("en")} left out
      </span>
    ),
  ].filter(Boolean);
  return (
    <>
      <div className="flex flex-wrap gap-x-3">
        {said.length > 0 ? said : <span className="text-ink-faint">–</span>}
      </div>
      {batch.status === "paused" && note && (
        <div className="line-clamp-2 text-xs break-words text-wait">{note}</div>
      )}
      <div className="text-xs text-ink-faint">{spentText(batch)} spent</div>
    </>
  );
}
