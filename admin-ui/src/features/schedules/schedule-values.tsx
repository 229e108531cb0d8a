/** The values that a schedule gives each of its runs. */
import { Markdown } from "@/components/markdown";
import { Panel } from "@/components/panel";
import { ValueTable } from "@/components/value-table";
import { askedFor } from "@/features/run/asked-for";
import type { ScheduleDetail } from "@/lib/api/schedules";
import { isObject } from "@/lib/json";

export function ScheduleValues({ schedule: { start, rerun } }: { schedule: ScheduleDetail }) {
  if (rerun) {
    const asked = askedFor(rerun.request).map(({ name, said }) => ({ path: name, value: said }));
    const changes = isObject(rerun.request.changes) ? rerun.request.changes : {};
    return (
      <>
        {asked.length > 0 && (
          <Panel title="Asked of each rerun">
            <div className="p-4">
              <ValueTable rows={asked} />
            </div>
          </Panel>
        )}
        <Panel title="Changed for each rerun">
          <div className="p-4">
            {Object.keys(changes).length > 0 ? (
              <ValueTable data={changes} />
            ) : (
              <p className="text-ink-faint">Nothing: the run's own initial data.</p>
            )}
          </div>
        </Panel>
      </>
    );
  }
  const data = isObject(start?.initial_data) ? start.initial_data : {};
  return (
    <>
      {typeof start?.sop === "string" && (
        <Panel title="Procedure">
          <div className="max-h-80 overflow-y-auto p-5 max-md:p-4">
            <Markdown text={start.sop} />
          </div>
        </Panel>
      )}
      <Panel title="Initial data">
        <div className="p-4">
          {Object.keys(data).length > 0 ? (
            <ValueTable data={data} />
          ) : (
            <p className="text-ink-faint">An empty object.</p>
          )}
        </div>
      </Panel>
    </>
  );
}
