/** The schedules: what starts or reruns runs at given times. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CalendarClock, Plus, SearchX } from "lucide-react";
import { useState } from "react";
import { Button, buttonLook } from "@/components/button";
import { Choices } from "@/components/choices";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { FiredNotice } from "@/features/schedules/fired-notice";
import { type Asked, ScheduleDialogs } from "@/features/schedules/schedule-dialogs";
import { SchedulesTable } from "@/features/schedules/schedules-table";
import type { Firing, Schedule } from "@/lib/api/schedules";
import { useShortcut } from "@/lib/shortcut";
import { useTitle } from "@/lib/title";
import { scheduleKeys, scheduleListOptions } from "@/queries/schedules";

const route = getRouteApi("/schedules");

export default function SchedulesPage() {
  useTitle("Schedules");
  const { state, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const schedules = useQuery(scheduleListOptions(state && state === "paused", cursor));
  const queries = useQueryClient();
  const [asked, setAsked] = useState<{ schedule: Schedule; what: Asked } | null>(null);
  const [fired, setFired] = useState<Firing | null>(null);
  useShortcut("n", "New schedule", () => void navigate({ to: "/schedules/new", search: {} }));
  const items = schedules.data?.items ?? [];
  const filtered = state !== undefined || cursor !== undefined;
  const empty = schedules.isSuccess && items.length === 0 && !schedules.isPlaceholderData;
  return (
    <Page
      title="Schedules"
      subtitle="What starts or reruns runs at given times."
      actions={
        <Link to="/schedules/new" search={{}} className={buttonLook("primary")}>
          <Plus aria-hidden /> New schedule
        </Link>
      }
    >
      {fired && <FiredNotice firing={fired} />}
      {(!empty || filtered) && (
        <div className="mb-3">
          <Choices
            label="State"
            all
            choices={[
              { value: "active", word: "Active" },
              { value: "paused", word: "Paused" },
            ]}
            chosen={state ? [state] : []}
            onToggle={(next) =>
              void navigate({ search: next && next !== state ? { state: next } : {}, replace: true })
            }
          />
        </div>
      )}
      {schedules.isError && (
        <div className="mb-4">
          <ProblemNotice error={schedules.error} onRetry={() => void schedules.refetch()} />
        </div>
      )}
      {!(schedules.isError && items.length === 0) && (
        <Panel className={schedules.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {schedules.isPending && <LoadingRows rows={4} />}
          {empty && !filtered && (
            <Empty
              icon={<CalendarClock aria-hidden />}
              title="Nothing is scheduled yet"
              actions={
                <Link to="/schedules/new" search={{}} className={buttonLook("primary")}>
                  <Plus aria-hidden /> New schedule
                </Link>
              }
            >
              A schedule starts a procedure, or reruns a run, by the calendar, at intervals or once. Any
              worker fires it, each time just once.
            </Empty>
          )}
          {empty && filtered && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No schedule matches"
              actions={<Button onClick={() => void navigate({ search: {} })}>Show all</Button>}
            />
          )}
          {items.length > 0 && (
            <SchedulesTable schedules={items} onAsk={(schedule, what) => setAsked({ schedule, what })} />
          )}
          <Pager cursor={cursor} next={schedules.data?.next_cursor ?? null} />
        </Panel>
      )}
      {asked && (
        <ScheduleDialogs
          schedule={asked.schedule}
          asked={asked.what}
          onClose={() => setAsked(null)}
          onFired={setFired}
          onDeleted={() => void queries.invalidateQueries({ queryKey: scheduleKeys.all })}
        />
      )}
    </Page>
  );
}
