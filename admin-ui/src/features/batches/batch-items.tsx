/** The runs of a batch, each with what became of its rerun and why. */
import { Link } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { EndKept } from "@/components/end-kept";
import { Pill } from "@/components/pill";
import { When } from "@/components/when";
import type { BatchItem } from "@/lib/api/batches";
import { cx } from "@/lib/class-names";
import { ITEM } from "./batch-state";

const CELL = "px-3 py-2.5 align-top max-md:p-0";

export function BatchItems({ items }: { items: BatchItem[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left text-[0.8125rem] max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Run
          </th>
          <th scope="col">Outcome</th>
          <th scope="col">Rerun</th>
          <th scope="col">Reason</th>
          <th scope="col" className="!pr-5 text-right">
            Cost, changed
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {items.map((item) => (
          <Row key={item.source} item={item} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ item }: { item: BatchItem }) {
  const { source, run_name, state, thread_id, reason } = item;
  return (
    <tr
      data-item={source}
      data-outcome={state}
      className="transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3"
    >
      <td className={`${CELL} md:max-w-0 md:w-[26%] md:pl-5`}>
        {run_name === null ? (
          <span className="block font-mono text-xs text-ink-soft" title="There is no such run">
            <EndKept text={source} />
          </span>
        ) : (
          <>
            <RunName thread={source} name={run_name} />
            <div className="font-mono text-xs text-ink-faint" title={source}>
              <EndKept text={source} />
            </div>
          </>
        )}
      </td>
      <td className={`${CELL} max-md:justify-self-end`}>
        <Pill look={ITEM[state]} state={state} />
      </td>
      <td className={`${CELL} md:max-w-0 md:w-[24%] max-md:col-span-2 max-md:empty:hidden`}>
        {thread_id && (
          <div className="flex min-w-0 items-center gap-2">
            <Link
              to="/runs/$threadId"
              params={{ threadId: thread_id }}
              className="min-w-0 font-mono text-xs hover:text-accent"
              title={thread_id}
            >
              <EndKept text={thread_id} />
            </Link>
            <Link
              to="/compare"
              search={{ left: source, right: thread_id }}
              aria-label={`Compare ${source} with its rerun`}
              title="Compare with the original"
              className="shrink-0 rounded p-1 text-ink-faint hover:bg-hover hover:text-accent"
            >
              <GitCompareArrows className="size-3.5" aria-hidden />
            </Link>
          </div>
        )}
      </td>
      <td
        className={cx(
          CELL,
          "break-words [overflow-wrap:anywhere] max-md:col-span-2 max-md:empty:hidden",
          state === "failed" || (state === "succeeded" && reason) ? "text-bad" : "text-ink-soft",
        )}
      >
        {reason ? (
          <span className="line-clamp-3" title={reason}>
            {reason}
          </span>
        ) : state === "waiting" && thread_id ? (
          <Answer thread={thread_id} />
        ) : null}
      </td>
      <td className={`${CELL} text-right text-ink-soft md:pr-5 max-md:col-span-2 max-md:text-left`}>
        <Cost item={item} />
        <div className="text-xs text-ink-faint">
          <When at={item.updated_at} />
        </div>
      </td>
    </tr>
  );
}

function RunName({ thread, name }: { thread: string; name: string }) {
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: thread }}
      className="block font-medium hover:text-accent"
      title={name}
    >
      <EndKept text={name} />
    </Link>
  );
}

function Answer({ thread }: { thread: string }) {
  return (
    <Link to="/runs/$threadId" params={{ threadId: thread }} className="font-medium text-wait underline">
      Answer it
    </Link>
  );
}

function Cost({ item: { state, tokens, money } }: { item: BatchItem }) {
  if (state === "pending" || state === "skipped" || state === "refused") return null;
  if (tokens === 0 && Number(money) === 0) return <span className="text-ink-faint max-md:hidden">–</span>;
  return (
    <span className="tabular whitespace-nowrap">
      {tokens.toLocaleString("en")} tokens{money === null ? "" : `, $${money}`}
    </span>
  );
}
