/** Backtests: a table on wide screens, cards on small ones. */
import { Link } from "@tanstack/react-router";
import { Pill } from "@/components/pill";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import { BATCH } from "@/features/batches/batch-state";
import type { Backtest } from "@/lib/api/backtests";
import { headlineOf } from "./verdict";
import { VerdictBar } from "./verdict-bar";
import { differsText } from "./what-differs";

const CELL = "px-3 py-3 align-top max-md:p-0";

export function BacktestsTable({ backtests }: { backtests: Backtest[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Backtest
          </th>
          <th scope="col">Status</th>
          <th scope="col">Outcomes</th>
          <th scope="col" className="!pr-5">
            Started
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {backtests.map((backtest) => (
          <tr
            key={backtest.id}
            data-backtest={backtest.id}
            className="transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:px-4 max-md:py-4"
          >
            <td className={`${CELL} md:max-w-0 md:w-[34%] md:pl-5`}>
              <Link
                to="/backtests/$backtestId"
                params={{ backtestId: backtest.id }}
                className="block font-medium break-words hover:text-accent"
              >
                {backtest.name}
              </Link>
              <div className="text-xs break-words text-ink-soft">{differsText(backtest.rerun)}</div>
            </td>
            <td className={`${CELL} max-md:justify-self-end`}>
              <Pill look={BATCH[backtest.status]} state={backtest.status} />
            </td>
            <td className={`${CELL} md:w-[34%] max-md:col-span-2`}>
              <div className="mb-1.5 text-[0.8125rem] text-ink-soft">{headlineOf(backtest)}</div>
              <VerdictBar backtest={backtest} thin />
            </td>
            <td className={`${CELL} text-[0.8125rem] text-ink-soft md:pr-5 max-md:col-span-2`}>
              <When at={backtest.created_at} />
              <div className="text-xs text-ink-faint">{actorText(backtest.requested_by)}</div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
