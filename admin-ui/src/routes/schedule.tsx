/** One schedule: its next times, what became of the last ones, and what can be done. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { History, Pause, Pencil, Play, Trash2, Zap } from "lucide-react";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { Button, buttonLook } from "@/components/button";
import { Notice } from "@/components/notice";
import { NounPage } from "@/components/noun-page";
import { Panel } from "@/components/panel";
import { RecordPanel } from "@/components/record-panel";
import { FiredNotice } from "@/features/schedules/fired-notice";
import { FIRING, FIRING_STATES } from "@/features/schedules/firing-state";
import { FiringsTable } from "@/features/schedules/firings-table";
import { NextTimes } from "@/features/schedules/next-times";
import { type Asked, ScheduleDialogs } from "@/features/schedules/schedule-dialogs";
import { ScheduleFacts } from "@/features/schedules/schedule-facts";
import { ScheduleValues } from "@/features/schedules/schedule-values";
import type { Firing, ScheduleDetail } from "@/lib/api/schedules";
import { switched, wordsOf } from "@/lib/search";
import { useTitle } from "@/lib/title";
import { firingListOptions, scheduleOptions } from "@/queries/schedules";

const route = getRouteApi("/schedules/$scheduleId");

export default function SchedulePage() {
  const { scheduleId } = route.useParams();
  const schedule = useQuery(scheduleOptions(scheduleId));
  useTitle(schedule.data?.name ?? "Schedule");
  return (
    <NounPage
      back={<BackLink to="/schedules">Schedules</BackLink>}
      name={schedule.data?.name ?? "Schedule"}
      found={schedule}
    >
      {(found) => <Filled schedule={found} />}
    </NounPage>
  );
}

function Filled({ schedule }: { schedule: ScheduleDetail }) {
  const navigate = route.useNavigate();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [fired, setFired] = useState<Firing | null>(null);
  const ask = (next: Asked) => () => setAsked(next);
  return (
    <>
      <div className="mb-5 flex flex-wrap gap-2">
        <Button look="primary" icon={<Zap aria-hidden />} onClick={ask("run-now")}>
          Run now
        </Button>
        {schedule.paused ? (
          <Button icon={<Play aria-hidden />} onClick={ask("resume")}>
            Resume
          </Button>
        ) : (
          <Button icon={<Pause aria-hidden />} onClick={ask("pause")}>
            Pause
          </Button>
        )}
        {schedule.at === null && (
          <Button icon={<History aria-hidden />} onClick={ask("backfill")}>
            Backfill
          </Button>
        )}
        <Link
          to="/schedules/$scheduleId/edit"
          params={{ scheduleId: schedule.id }}
          className={buttonLook("secondary")}
        >
          <Pencil aria-hidden /> Edit
        </Link>
        <Button look="ghost" icon={<Trash2 aria-hidden />} onClick={ask("delete")}>
          Delete
        </Button>
      </div>
      {fired && <FiredNotice firing={fired} />}
      {schedule.paused && (
        <Notice kind="wait" title="Paused" className="mb-5">
          {schedule.note ? `“${schedule.note}”` : "It does not come due until somebody resumes it."}
        </Notice>
      )}
      <ScheduleFacts schedule={schedule} />
      {/* On small screens: next times, firings, values; else the firings at the left of both. */}
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_1fr]">
        <Panel title="Next times" className="min-w-0 lg:col-start-2">
          <div className="px-4 py-2">
            {schedule.next_times.length > 0 ? (
              <NextTimes times={schedule.next_times} zone={schedule.time_zone} />
            ) : (
              <p className="py-2 text-[0.8125rem] text-ink-faint">
                {schedule.paused ? "None while it is paused." : "Never again."}
              </p>
            )}
          </div>
        </Panel>
        <div className="min-w-0 lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <Firings schedule={schedule} />
        </div>
        <div className="min-w-0 space-y-5 lg:col-start-2">
          <ScheduleValues schedule={schedule} />
        </div>
      </div>
      <ScheduleDialogs
        schedule={schedule}
        asked={asked}
        onClose={() => setAsked(null)}
        onFired={setFired}
        onDeleted={() => void navigate({ to: "/schedules", search: {}, replace: true })}
      />
    </>
  );
}

function Firings({ schedule }: { schedule: ScheduleDetail }) {
  const { state, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const states = wordsOf(state, FIRING_STATES);
  const firings = useQuery(firingListOptions(schedule.id, states, cursor));
  return (
    <RecordPanel
      title="Firings"
      label="State of the firings"
      choices={FIRING_STATES.map((value) => ({ value, ...FIRING[value] }))}
      chosen={states}
      onToggle={(next) =>
        void navigate({ search: { state: switched(states, next) }, replace: true, resetScroll: false })
      }
      found={firings}
      cursor={cursor}
      none="It has not come due yet. What becomes of each time stands here."
      noMatch="No firing is in this state."
    >
      {(items) => <FiringsTable firings={items} zone={schedule.time_zone} />}
    </RecordPanel>
  );
}
