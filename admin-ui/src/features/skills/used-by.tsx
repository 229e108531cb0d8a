/** Runs in short: name, status, when, how long. */
import { Link } from "@tanstack/react-router";
import { EndKept } from "@/components/end-kept";
import { StatusPill } from "@/components/status-pill";
import { Took, When } from "@/components/when";
import type { RunItem } from "@/lib/api";

export function UsedBy({ runs }: { runs: RunItem[] }) {
  return (
    <ul className="divide-y" aria-label="Runs">
      {runs.map((run) => (
        <li
          key={run.thread_id}
          data-run={run.thread_id}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5 text-[0.8125rem] transition-colors hover:bg-hover max-md:px-4"
        >
          <div className="min-w-0 grow basis-60">
            <Link
              to="/runs/$threadId"
              params={{ threadId: run.thread_id }}
              className="block max-w-full font-medium hover:text-accent"
              title={run.thread_id}
            >
              <EndKept text={run.run_name ?? run.thread_id} />
            </Link>
            {run.error && <p className="truncate text-xs text-bad">{run.error.message}</p>}
          </div>
          <StatusPill status={run.status} />
          <span className="w-20 text-right text-xs text-ink-soft max-md:w-auto">
            {run.started_at && <Took from={run.started_at} to={run.finished_at} />}
          </span>
          <span className="w-24 text-right text-xs text-ink-faint max-md:w-auto">
            <When at={run.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
