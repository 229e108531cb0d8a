/** What a schedule starts: an SOP and the data it starts from. */
import { Field, TextArea, TextInput } from "@/components/field";
import { JsonEditor } from "@/components/json-editor";
import { SopPicker } from "@/features/start/sop-picker";
import type { Sop } from "@/lib/api";
import type { JsonObject } from "@/lib/json";
import { draftOf } from "@/lib/json-draft";
import type { ApiError } from "@/lib/problem";
import type { ScheduleDraft } from "./draft";
import { PlaceholderHelp } from "./placeholder-help";

interface SopFieldsProps {
  draft: ScheduleDraft;
  sops: Sop[];
  onChange: (part: Partial<ScheduleDraft>) => void;
  problem: ApiError | null;
  /** Whether somebody has tried to save: then what is missing is said. */
  touched: boolean;
}

export function SopFields({ draft, sops, onChange, problem, touched }: SopFieldsProps) {
  const examples = sops.find(({ name }) => name === draft.sopName)?.examples ?? [];
  const missing = touched && draft.sopName === "" && draft.sop.trim() === "";
  const sopError =
    problem?.at("/start/sop_name") ??
    problem?.at("/start/sop") ??
    (missing ? "Write what is to be done, or choose a procedure." : undefined);
  return (
    <>
      <SopPicker
        // One that is not loaded now stays chosen and is named.
        sops={
          draft.sopName === "" || sops.some(({ name }) => name === draft.sopName)
            ? sops
            : [
                ...sops,
                { name: draft.sopName, title: draft.sopName, sop: "", examples: [] } as unknown as Sop,
              ]
        }
        chosen={draft.sopName === "" ? undefined : draft.sopName}
        onChoose={(name) => onChange({ sopName: name ?? "" })}
      />
      {draft.sopName === "" ? (
        <Field label="Procedure" hint="Plain language. Name the skills that it takes." error={sopError}>
          {(ids) => (
            <TextArea
              {...ids}
              rows={6}
              value={draft.sop}
              onChange={(event) => onChange({ sop: event.target.value })}
            />
          )}
        </Field>
      ) : (
        sopError && (
          <p role="alert" className="text-[0.8125rem] text-bad">
            {sopError}
          </p>
        )
      )}
      {examples.length > 0 && (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-soft">
          Start from an example:
          {examples.map(({ title, initial_data }) => (
            <button
              key={title}
              type="button"
              className="font-medium text-accent hover:underline"
              onClick={() => onChange({ data: draftOf(initial_data as JsonObject) })}
            >
              {title}
            </button>
          ))}
        </p>
      )}
      <JsonEditor
        label="Initial data"
        hint="A JSON object. Numbers keep every digit; texts may hold placeholders."
        text={draft.data}
        onChange={(data) => onChange({ data })}
        error={problem?.at("/start/initial_data")}
      />
      <PlaceholderHelp />
      <Field label="Run name" optional hint="May hold placeholders." error={problem?.at("/start/run_name")}>
        {(ids) => (
          <TextInput
            {...ids}
            value={draft.runName}
            maxLength={200}
            placeholder="Orders of {{ scheduled_at.date }}"
            onChange={(event) => onChange({ runName: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
