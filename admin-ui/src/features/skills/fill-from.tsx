/** Chooses where the values of a try come from: an example, or a run that used the skill. */
import { useId } from "react";
import { Select } from "@/components/select";
import type { RunItem } from "@/lib/api";
import { absoluteTime } from "@/lib/time";

export interface Example {
  key: string;
  title: string;
}

interface FillFromProps {
  runs: RunItem[];
  examples: Example[];
  chosen: string;
  onChoose: (source: string) => void;
}

export function FillFrom({ runs, examples, chosen, onChoose }: FillFromProps) {
  const id = useId();
  if (runs.length === 0 && examples.length === 0) return null;
  const offered = [...runs.map(({ thread_id }) => `run:${thread_id}`), ...examples.map(({ key }) => key)];
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-[0.8125rem]">
      <label htmlFor={id} className="font-medium">
        Fill in from
      </label>
      <Select
        id={id}
        value={chosen}
        onChange={(event) => onChoose(event.target.value)}
        className="max-w-md grow basis-64"
      >
        <option value="">Nothing: I type the values</option>
        {chosen !== "" && !offered.includes(chosen) && (
          <option value={chosen}>{chosen.replace(/^\w+:/, "")}</option>
        )}
        {runs.length > 0 && (
          <optgroup label="Runs that used it">
            {runs.map(({ thread_id, run_name, created_at }) => (
              <option key={thread_id} value={`run:${thread_id}`}>
                {run_name} · {absoluteTime(Date.parse(created_at))}
              </option>
            ))}
          </optgroup>
        )}
        {examples.length > 0 && (
          <optgroup label="Examples of procedures">
            {examples.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </optgroup>
        )}
      </Select>
    </div>
  );
}
