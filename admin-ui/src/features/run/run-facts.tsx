/** The facts of a run in one strip, with its parent and reruns. */
import { Link } from "@tanstack/react-router";
import { CopyButton } from "@/components/copy-button";
import { Fact, Facts } from "@/components/facts";
import { StatusIcon } from "@/components/status-pill";
import { Took, When } from "@/components/when";
import { By } from "@/features/audit/by";
import { sopTitle } from "@/features/rerun/sop-title";
import type { RerunItem, RunDetail } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { inDollars } from "@/lib/money";
import { STATUS, type Tone } from "@/lib/status";

const INK: Record<Tone, string> = {
  good: "text-good",
  bad: "text-bad",
  wait: "text-wait",
  busy: "text-busy",
  idle: "text-idle",
};
const LAST_RERUNS = 6;

export function RunFacts({ run }: { run: RunDetail }) {
  // The server has the newest first; here they stand in their order.
  const latest = run.reruns.slice(0, LAST_RERUNS).reverse();
  const rest = run.reruns.length - latest.length;
  return (
    <Facts>
      <Fact name="Procedure">
        {sopTitle(run.sop)}
        <Versions run={run} />
      </Fact>
      <Fact name="Started">
        <When at={run.started_at ?? run.created_at} />
      </Fact>
      <Fact name="Duration">
        {run.started_at ? <Took from={run.started_at} to={run.finished_at} /> : "not yet"}
      </Fact>
      <Fact name="Planner">
        {run.model ?? (run.planner === "dataflow" ? "without a model" : (run.planner ?? "–"))}
      </Fact>
      {run.tokens > 0 && (
        <Fact name="Tokens">
          {run.tokens.toLocaleString("en")}
          <span className="text-ink-faint">
            {" "}
            · {run.money === null ? "price unknown" : inDollars(run.money)}
          </span>
        </Fact>
      )}
      <Fact name="Started by">
        <By actor={run.requested_by} />
      </Fact>
      {run.parent && (
        <Fact name="Rerun of">
          <Relative run={run.parent} />
        </Fact>
      )}
      {run.parent_thread_id && run.root_thread_id !== run.parent_thread_id && (
        <Fact name="First run">
          <Link
            to="/runs/$threadId"
            params={{ threadId: run.root_thread_id }}
            className="text-accent hover:underline"
          >
            {run.root_thread_id}
          </Link>
        </Fact>
      )}
      {run.reruns.length > 0 && (
        <Fact name={run.reruns.length === 1 ? "Direct rerun" : "Direct reruns"}>
          <span className="flex flex-wrap gap-x-3 gap-y-1">
            {rest > 0 && (
              <Link
                to="/runs/$threadId"
                params={{ threadId: run.thread_id }}
                search={{ tab: "family" }}
                resetScroll={false}
                className="text-accent hover:underline"
              >
                {rest} earlier
              </Link>
            )}
            {latest.map((rerun) => (
              <Relative key={rerun.thread_id} run={rerun} short />
            ))}
          </span>
        </Fact>
      )}
    </Facts>
  );
}

/** Under which name the procedure is kept, and to which versions of the skills the run is pinned. */
function Versions({ run: { sop_name: name, catalog } }: { run: RunDetail }) {
  if (!name && !catalog) return null;
  return (
    <span className="flex flex-wrap items-center gap-x-2 text-xs font-normal text-ink-faint">
      {name && <code className="font-mono">{name}</code>}
      {catalog && (
        <span
          className="inline-flex items-center"
          title="The versions of all skills that this run is pinned to"
        >
          skills&nbsp;<code className="font-mono">{catalog.slice(0, 12)}</code>
          <CopyButton text={catalog} label="Copy the digest of the catalogue" />
        </span>
      )}
    </span>
  );
}

function Relative({ run, short }: { run: RerunItem; short?: boolean }) {
  const { word, tone } = STATUS[run.status];
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: run.thread_id }}
      title={`${run.thread_id}: ${word}`}
      className="inline-flex max-w-full items-center gap-1.5 text-accent hover:underline"
    >
      <StatusIcon status={run.status} className={cx(INK[tone])} />
      <span className="sr-only">{word}</span>
      <span className="truncate">
        {short && run.rerun_number > 0 ? `#${run.rerun_number}` : run.run_name}
      </span>
    </Link>
  );
}
