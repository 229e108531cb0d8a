/** The schedules: a table on wide screens, cards on small ones. */
import { Link } from "@tanstack/react-router";
import { Pill } from "@/components/pill";
import { When } from "@/components/when";
import { ZonedTime } from "@/components/zoned-time";
import type { Schedule } from "@/lib/api/schedules";
import { FiredRun } from "./fired-run";
import { FiringMarks } from "./firing-marks";
import { FiringPill, PAUSED } from "./firing-state";
import { ruleInWords } from "./rule";
import type { Asked } from "./schedule-dialogs";
import { ScheduleMenu } from "./schedule-menu";

const CELL = "px-3 py-3 align-top max-md:p-0";

interface SchedulesTableProps {
  schedules: Schedule[];
  onAsk: (schedule: Schedule, what: Asked) => void;
}

export function SchedulesTable({ schedules, onAsk }: SchedulesTableProps) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Schedule
          </th>
          <th scope="col">Next</th>
          <th scope="col">Last firing</th>
          <th scope="col">Of late</th>
          <th scope="col" className="!pr-5">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {schedules.map((schedule) => (
          <Row key={schedule.id} schedule={schedule} onAsk={(what) => onAsk(schedule, what)} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ schedule, onAsk }: { schedule: Schedule; onAsk: (what: Asked) => void }) {
  const { id, name, next, last_firing: last } = schedule;
  return (
    <tr
      data-schedule={id}
      className="relative transition-colors hover:bg-hover max-md:grid max-md:gap-y-2 max-md:px-4 max-md:py-4"
    >
      <td className={`${CELL} md:w-[32%] md:pl-5 max-md:pr-10`}>
        <Link
          to="/schedules/$scheduleId"
          params={{ scheduleId: id }}
          className="font-medium break-words hover:text-accent"
        >
          {name}
        </Link>
        <p className="mt-0.5 text-[0.8125rem] break-words text-ink-soft">{ruleInWords(schedule)}</p>
        <p className="mt-0.5 text-xs break-words text-ink-faint">
          <Starts schedule={schedule} />
        </p>
      </td>
      <td className={`${CELL} text-[0.8125rem] md:w-[28%]`}>
        {schedule.paused && (
          <>
            <Pill look={PAUSED} state="paused" />
            {schedule.note && <p className="mt-1 text-xs break-words text-ink-soft">“{schedule.note}”</p>}
          </>
        )}
        {next && (
          <>
            <span className="text-xs text-ink-faint md:hidden">Next: </span>
            <span className="font-medium">
              <When at={next.at} />
            </span>
            <div className="text-xs text-ink-soft">
              <ZonedTime at={next.at} local={next.local} zone={schedule.time_zone} />
            </div>
          </>
        )}
        {!next && !schedule.paused && <span className="text-ink-faint">never again</span>}
      </td>
      <td className={`${CELL} text-[0.8125rem] md:max-w-0 md:w-[24%]`}>
        {last ? (
          <>
            <div className="flex flex-wrap items-center gap-x-2">
              <FiringPill state={last.state} />
              <span className="text-xs text-ink-faint">
                <When at={last.due_at} />
              </span>
            </div>
            <div className="mt-1">
              <FiredRun firing={last} />
            </div>
            {last.state !== "fired" && last.reason && (
              <p className="mt-1 line-clamp-2 text-xs break-words text-ink-soft" title={last.reason}>
                {last.reason}
              </p>
            )}
          </>
        ) : (
          <span className="text-ink-faint">not yet</span>
        )}
      </td>
      <td className={`${CELL} max-md:empty:hidden`}>
        <FiringMarks schedule={schedule} />
      </td>
      <td className={`${CELL} text-right md:w-px md:pr-4 max-md:absolute max-md:top-3 max-md:right-2`}>
        <ScheduleMenu schedule={schedule} onAsk={onAsk} />
      </td>
    </tr>
  );
}

/** What a schedule starts or reruns, in few words. */
export function Starts({ schedule: { start, rerun } }: { schedule: Pick<Schedule, "start" | "rerun"> }) {
  if (rerun) {
    return (
      <>
        reruns{" "}
        <Link
          to="/runs/$threadId"
          params={{ threadId: rerun.thread_id }}
          className="font-mono break-all text-ink-soft hover:text-accent"
        >
          {rerun.thread_id}
        </Link>
      </>
    );
  }
  if (typeof start?.sop_name === "string") return <>starts {start.sop_name}</>;
  const line = String(start?.sop ?? "")
    .split("\n")
    .find((text) => text.trim() !== "");
  return <>starts “{(line ?? "").replace(/^[#>*\-\s]+/, "").slice(0, 80)}”</>;
}
