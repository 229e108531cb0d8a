/** The run as the API gives it: to read, to copy, to take along. */
import { Download } from "lucide-react";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy-button";
import { Panel } from "@/components/panel";
import type { RunDetail, Step } from "@/lib/api";
import { download } from "@/lib/download";
import { type Json, writeJson } from "@/lib/json";
import { JsonText } from "./json-text";

export function RawTab({ run, steps }: { run: RunDetail; steps: Step[] }) {
  const value = run as unknown as Json;
  const save = (name: string, what: unknown) =>
    download(`${run.thread_id}${name}.json`, `${writeJson(what, 2)}\n`, "application/json");
  return (
    <Panel
      title={
        <>
          As <code className="font-mono text-xs font-normal">GET /admin/runs/{"{thread_id}"}</code> gives it
        </>
      }
      aside={<CopyButton text={writeJson(value, 2)} label="Copy the run as JSON" />}
    >
      <div className="space-y-3 p-4">
        <div className="flex flex-wrap gap-2">
          <Button size="sm" icon={<Download aria-hidden />} onClick={() => save("", value)}>
            Download the run
          </Button>
          <Button
            size="sm"
            icon={<Download aria-hidden />}
            onClick={() => save("-with-steps", { run: value, steps })}
          >
            Download with its {steps.length.toLocaleString("en")} steps
          </Button>
        </div>
        <JsonText value={value} tall />
      </div>
    </Panel>
  );
}
