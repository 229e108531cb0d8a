/** What a schedule reruns: a run, how, and what differs each time. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useId } from "react";
import { Field, TextInput } from "@/components/field";
import { JsonEditor } from "@/components/json-editor";
import { StatusPill } from "@/components/status-pill";
import { ValueTable } from "@/components/value-table";
import { PRESETS, type PresetName } from "@/features/rerun/presets";
import { Radios } from "@/features/rerun/radios";
import { type ApiError, asApiError } from "@/lib/problem";
import { runListOptions, runOptions } from "@/queries/runs";
import { SCHEDULED_PRESETS, type ScheduleDraft } from "./draft";
import { PlaceholderHelp } from "./placeholder-help";

interface RerunFieldsProps {
  draft: ScheduleDraft;
  onChange: (part: Partial<ScheduleDraft>) => void;
  problem: ApiError | null;
  touched: boolean;
}

const AS_IT_WAS = "as-it-was";

export function RerunFields({ draft, onChange, problem, touched }: RerunFieldsProps) {
  const list = useId();
  const id = useDeferredValue(draft.threadId.trim());
  const begins = useQuery({ ...runListOptions(id ? { name: id } : {}), refetchInterval: false });
  const listed = begins.data?.items.some(({ thread_id }) => thread_id === id) ?? false;
  const run = useQuery({ ...runOptions(id), enabled: listed });
  const error =
    problem?.at("/rerun/thread_id") ??
    (touched && id === "" ? "Say which run is to be repeated." : undefined);
  // A stored request that follows no preset: it can stay as it is.
  const unnamed = Object.keys(draft.request).length > 0 && draft.preset === null;
  const options = SCHEDULED_PRESETS.map((value) => ({
    value: value as PresetName | typeof AS_IT_WAS,
    ...PRESETS[value],
  }));
  const other =
    problem && asApiError(problem).errors.find(({ pointer }) => pointer.startsWith("/rerun/request"));
  return (
    <>
      <Field label="Run" error={error}>
        {(ids) => (
          <>
            <TextInput
              {...ids}
              list={list}
              value={draft.threadId}
              placeholder="id of a run, or how it begins"
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-[0.8125rem]"
              onChange={(event) => onChange({ threadId: event.target.value })}
            />
            <datalist id={list}>
              {begins.data?.items.map(({ thread_id, run_name }) => (
                <option key={thread_id} value={thread_id}>
                  {run_name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      {run.data && listed && (
        <div className="-mt-2 space-y-2 text-[0.8125rem]">
          <p className="flex flex-wrap items-center gap-2">
            <Link
              to="/runs/$threadId"
              params={{ threadId: run.data.thread_id }}
              target="_blank"
              className="font-medium text-accent hover:underline"
            >
              {run.data.run_name}
            </Link>
            <StatusPill status={run.data.status} />
          </p>
          <details>
            <summary className="cursor-pointer text-ink-soft">Its initial data</summary>
            <div className="mt-2">
              <ValueTable data={run.data.initial_data} />
            </div>
          </details>
        </div>
      )}
      <Radios
        label="How"
        columns
        options={
          unnamed
            ? [
                { value: AS_IT_WAS, word: "As it was saved", meaning: "A mixture that has no name" },
                ...options,
              ]
            : options
        }
        chosen={draft.preset ?? AS_IT_WAS}
        onChoose={(value) => onChange({ preset: value === AS_IT_WAS ? null : value })}
        error={other && !other.pointer.startsWith("/rerun/request/changes") ? other.message : undefined}
      />
      <JsonEditor
        label="Changes"
        hint="A JSON object laid over the run's initial data; null takes a value away. Texts may hold placeholders."
        text={draft.changes}
        onChange={(changes) => onChange({ changes })}
        error={problem?.at("/rerun/request/changes")}
      />
      <PlaceholderHelp />
    </>
  );
}
