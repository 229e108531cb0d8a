/** The report in sum: what changed and why, what can't be told, what it would cost. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "@/components/badge";
import { Panel } from "@/components/panel";
import { OriginChip } from "@/features/compare/origins";
import type { Ingredient } from "@/lib/api";
import type { BacktestReport, ChangedPath, Untold } from "@/lib/api/backtests";
import { approximate } from "@/lib/json";
import { inMoney, inTime, inTokens, signed } from "./verdict";

export function ChangedPaths({ paths }: { paths: ChangedPath[] }) {
  return (
    <Panel title="What changes">
      <ul className="divide-y text-[0.8125rem]">
        {paths.map(({ path, count, origins, source, thread_id }) => (
          <li
            key={path}
            data-path={path}
            className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_auto] items-baseline gap-x-4 gap-y-1 px-5 py-2.5 max-md:grid-cols-[minmax(0,1fr)_auto] max-md:px-4"
          >
            <code className="font-mono text-xs break-all">{path}</code>
            <span className="flex min-w-0 flex-wrap gap-1.5 max-md:col-span-2 max-md:row-start-2">
              {origins.map((origin) => (
                <span key={`${origin.kind} ${origin.name}`} className="inline-flex items-center gap-1">
                  <OriginChip ingredient={{ kind: origin.kind as Ingredient["kind"], name: origin.name }} />
                  {origin.count !== count && (
                    <span className="tabular text-xs text-ink-faint">{origin.count} ×</span>
                  )}
                </span>
              ))}
            </span>
            <Link
              to="/compare"
              search={{ left: source, right: thread_id }}
              title="Compare one of them with its replay"
              className="tabular text-right font-medium whitespace-nowrap text-accent hover:underline"
            >
              {count.toLocaleString("en")} {count === 1 ? "run" : "runs"}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function UntoldPanel({ untold }: { untold: Untold[] }) {
  return (
    <Panel title="What can't be told">
      <ul className="divide-y text-[0.8125rem]">
        {untold.map(({ type, skill, count, source, message }) => (
          <li key={`${type} ${skill}`} data-untold={type} className="space-y-0.5 px-5 py-2.5 max-md:px-4">
            <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="tabular font-medium">{count.toLocaleString("en")} ×</span>
              <Badge>{type}</Badge>
              {skill && <span className="font-medium">{skill}</span>}
              <Link
                to="/runs/$threadId"
                params={{ threadId: source }}
                className="ml-auto text-xs text-ink-soft underline hover:text-accent"
              >
                for instance
              </Link>
            </div>
            {message && <p className="break-words text-ink-soft [overflow-wrap:anywhere]">{message}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function Difference({ difference }: { difference: BacktestReport["difference"] }) {
  const { runs, tokens, money, seconds, unknown } = difference;
  return (
    <div className="text-[0.8125rem]">
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        <Figure name="Tokens">{signed(tokens, inTokens)}</Figure>
        <Figure name="Money">{signed(approximate(money), inMoney)}</Figure>
        <Figure name="Time in skills">{signed(approximate(seconds), inTime)}</Figure>
      </dl>
      <p className="mt-1.5 text-xs text-ink-faint">
        What {runs === 1 ? "1 run" : `${runs.toLocaleString("en")} runs`} would take more or less than they
        did, had nothing been reused{unknown > 0 && `; not known of ${unknown.toLocaleString("en")} more`}.
      </p>
    </div>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-ink-faint">{name}</dt>
      <dd className="tabular font-semibold">{children}</dd>
    </div>
  );
}
