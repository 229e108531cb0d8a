/** What was asked for: procedure, input, who asked and why. */
import { Badge } from "@/components/badge";
import { CopyButton } from "@/components/copy-button";
import { Markdown } from "@/components/markdown";
import { Panel } from "@/components/panel";
import { ValueTable } from "@/components/value-table";
import { actorText } from "@/features/audit/actor";
import { By, isRule } from "@/features/audit/by";
import type { RunDetail } from "@/lib/api";
import { isObject, type JsonObject, writeJson } from "@/lib/json";
import { absoluteTime } from "@/lib/time";
import { askedFor } from "./asked-for";

export function RequestTab({ run }: { run: RunDetail }) {
  const request = (isObject(run.request) ? run.request : {}) as JsonObject;
  const asked = run.parent_thread_id ? askedFor(request) : [];
  const metadata = run.metadata as JsonObject;
  return (
    <div className="space-y-5">
      <Panel title="Procedure" aside={<CopyButton text={run.sop} label="Copy the procedure" />}>
        <div className="p-5 max-md:p-4">
          <Markdown text={run.sop} />
        </div>
      </Panel>
      <Panel
        title="Initial data"
        aside={<CopyButton text={writeJson(run.initial_data, 2)} label="Copy as JSON" />}
      >
        <div className="p-4">
          {Object.keys(run.initial_data).length > 0 ? (
            <ValueTable data={run.initial_data} />
          ) : (
            <p className="text-ink-faint">An empty object.</p>
          )}
        </div>
      </Panel>
      {asked.length > 0 && (
        <Panel title="Asked of this rerun">
          <div className="p-4" data-asked>
            <ValueTable rows={asked.map(({ name, said }) => ({ path: name, value: said }))} />
          </div>
        </Panel>
      )}
      {isObject(request.changes) && (
        <Panel title="Changed for this rerun">
          <div className="p-4">
            <ValueTable data={request.changes} />
          </div>
        </Panel>
      )}
      <Panel title="Who asked">
        <div className="p-4">
          <ValueTable
            rows={[
              { path: "at", value: absoluteTime(Date.parse(run.created_at)) },
              {
                path: "by",
                value: actorText(run.requested_by),
                ...(isRule(run.requested_by) ? { note: <By actor={run.requested_by} /> } : {}),
              },
              ...(run.requested_by.reason ? [{ path: "reason", value: run.requested_by.reason }] : []),
              ...(run.skills ? [{ path: "skills", value: run.skills }] : []),
            ]}
          />
        </div>
      </Panel>
      {Object.keys(metadata).length > 0 && (
        <Panel title="Labels">
          <div className="flex flex-wrap gap-1.5 p-4">
            {Object.entries(metadata).map(([key, value]) => (
              <Badge key={key}>
                {key}: {typeof value === "string" ? value : writeJson(value)}
              </Badge>
            ))}
          </div>
        </Panel>
      )}
    </div>
  );
}
