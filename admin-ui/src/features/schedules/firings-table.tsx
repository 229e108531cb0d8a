/** What became of each due time. */
import { Badge } from "@/components/badge";
import { When } from "@/components/when";
import { ZonedTime } from "@/components/zoned-time";
import type { Firing } from "@/lib/api/schedules";
import { FiredRun } from "./fired-run";
import { FiringPill, WHY } from "./firing-state";

const CELL = "px-3 py-2.5 align-top max-md:p-0";

export function FiringsTable({ firings, zone }: { firings: Firing[]; zone: string }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left text-[0.8125rem] max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Due
          </th>
          <th scope="col">State</th>
          <th scope="col">Run</th>
          <th scope="col" className="!pr-5">
            Reason
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {firings.map((firing) => (
          <tr
            key={firing.due_at}
            data-firing={firing.due_at}
            data-state={firing.state}
            className="max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3"
          >
            <td className={`${CELL} md:w-[40%] md:pl-5`}>
              <ZonedTime at={firing.due_at} local={firing.local} zone={zone} />
              <div className="mt-0.5 text-xs text-ink-faint">
                <When at={firing.due_at} />{" "}
                {firing.why !== "due" && (
                  <Badge title={WHY[firing.why].meaning}>{WHY[firing.why].word}</Badge>
                )}
              </div>
            </td>
            <td className={`${CELL} max-md:justify-self-end`}>
              <FiringPill state={firing.state} />
            </td>
            <td className={`${CELL} md:max-w-0 md:w-[28%] max-md:col-span-2 max-md:empty:hidden`}>
              <FiredRun firing={firing} />
            </td>
            <td className={`${CELL} break-words text-ink-soft md:pr-5 max-md:col-span-2 max-md:empty:hidden`}>
              {firing.reason}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
