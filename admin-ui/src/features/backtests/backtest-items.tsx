/** The runs of a backtest, each with what its replay has shown. */
import { Link } from "@tanstack/react-router";
import { EndKept } from "@/components/end-kept";
import { Pill } from "@/components/pill";
import { ITEM } from "@/features/batches/batch-state";
import { OriginChip } from "@/features/compare/origins";
import type { Ingredient } from "@/lib/api";
import type { BacktestItem, ItemReport } from "@/lib/api/backtests";
import { approximate } from "@/lib/json";
import { type RunStatus, STATUS } from "@/lib/status";
import { inMoney, inTime, inTokens, NEWLY_FAILS, signed, VERDICT } from "./verdict";

const CELL = "px-3 py-2.5 align-top max-md:p-0";
const FEW = 3;

export function BacktestItems({ items }: { items: BacktestItem[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left text-[0.8125rem] max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Run
          </th>
          <th scope="col">Outcome</th>
          <th scope="col">What the replay shows</th>
          <th scope="col">More or less</th>
          <th scope="col" className="!pr-5">
            <span className="sr-only">Compare</span>
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

function Row({ item: { source, run_name, state, thread_id, reason, report } }: { item: BacktestItem }) {
  return (
    <tr
      data-item={source}
      data-verdict={report?.verdict ?? "pending"}
      className="transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3"
    >
      <td className={`${CELL} md:max-w-0 md:w-[24%] md:pl-5`}>
        <Link
          to="/runs/$threadId"
          params={{ threadId: source }}
          title={source}
          className="block font-medium hover:text-accent"
        >
          <EndKept text={run_name ?? source} />
        </Link>
        <div className="font-mono text-xs text-ink-faint">
          <EndKept text={source} />
        </div>
      </td>
      <td className={`${CELL} max-md:justify-self-end`}>
        {report ? (
          <Pill look={report.newly_failed ? NEWLY_FAILS : VERDICT[report.verdict]} state={report.verdict} />
        ) : (
          <Pill look={ITEM[state]} state={state} />
        )}
      </td>
      <td className={`${CELL} min-w-0 break-words [overflow-wrap:anywhere] max-md:col-span-2`}>
        {report ? <Shown report={report} /> : <span className="text-ink-soft">{reason}</span>}
      </td>
      <td className={`${CELL} text-ink-soft max-md:col-span-2`}>
        {report?.difference && <More difference={report.difference} />}
      </td>
      <td className={`${CELL} text-right md:pr-5 max-md:col-span-2 max-md:text-left max-md:empty:hidden`}>
        {thread_id && (
          <Link
            to="/compare"
            search={{ left: source, right: thread_id }}
            aria-label={`Compare ${source} with its replay`}
            className="font-medium text-accent hover:underline"
          >
            Compare
          </Link>
        )}
      </td>
    </tr>
  );
}

function Shown({ report }: { report: ItemReport }) {
  const { verdict, why, newly_failed, statuses, paths, more_paths } = report;
  if (verdict === "cant_tell") {
    return (
      <span className={newly_failed ? "text-bad" : "text-ink-soft"}>
        {[why?.skill, why?.message || why?.type].filter(Boolean).join(": ")}
      </span>
    );
  }
  if (verdict === "stays") return <span className="text-ink-faint">The same data</span>;
  return (
    <div className="space-y-1">
      {statuses && (
        <div>{statuses.map((status) => STATUS[status as RunStatus]?.word ?? status).join(" → ")}</div>
      )}
      {paths.slice(0, FEW).map(({ path, origins }) => (
        <div key={path} className="flex flex-wrap items-center gap-1.5">
          <code className="font-mono text-xs break-all">{path}</code>
          {origins.map(({ kind, name }) => (
            <OriginChip key={`${kind} ${name}`} ingredient={{ kind: kind as Ingredient["kind"], name }} />
          ))}
        </div>
      ))}
      {(paths.length > FEW || more_paths) && (
        <div className="text-xs text-ink-faint">
          and {more_paths ? "more" : paths.length - FEW}{" "}
          {!more_paths && paths.length - FEW === 1 ? "path" : "paths"}
        </div>
      )}
    </div>
  );
}

function More({ difference }: { difference: NonNullable<ItemReport["difference"]> }) {
  const tokens = difference.tokens;
  const money = approximate(difference.money);
  const seconds = approximate(difference.seconds);
  const said = [
    tokens !== 0 && signed(tokens, inTokens),
    money !== null && money !== 0 && signed(money, inMoney),
    seconds !== null && seconds !== 0 && signed(seconds, inTime),
  ].filter(Boolean);
  return <span className="tabular">{said.length > 0 ? said.join(", ") : "no difference"}</span>;
}
