/** Name, model, delay and an edited procedure. */
import { Field, TextArea, TextInput } from "@/components/field";
import type { RunMetadata } from "@/lib/api";
import type { ApiError } from "@/lib/problem";
import { shownZone } from "@/lib/zone";
import type { Choice } from "./choice";

interface FurtherFieldsProps {
  metadata: RunMetadata;
  choice: Choice;
  onChange: (part: Partial<Choice>) => void;
  problem: ApiError | null;
}

export function FurtherFields({ metadata, choice, onChange, problem }: FurtherFieldsProps) {
  return (
    <>
      <Field label="Procedure" error={problem?.at("/sop")}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={6}
            className="font-mono text-xs"
            value={choice.sop ?? metadata.sop}
            onChange={(event) => onChange({ sop: event.target.value })}
          />
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" optional error={problem?.at("/run_name")}>
          {(ids) => (
            <TextInput
              {...ids}
              value={choice.runName}
              maxLength={200}
              onChange={(event) => onChange({ runName: event.target.value })}
            />
          )}
        </Field>
        <Field label="Model" optional error={problem?.at("/model")}>
          {(ids) => (
            <TextInput
              {...ids}
              value={choice.model}
              placeholder={metadata.model ?? ""}
              maxLength={200}
              onChange={(event) => onChange({ model: event.target.value })}
            />
          )}
        </Field>
        <Field label="Not before" optional hint={shownZone.get()} error={problem?.at("/not_before")}>
          {(ids) => (
            <TextInput
              {...ids}
              type="datetime-local"
              value={choice.notBefore}
              onChange={(event) => onChange({ notBefore: event.target.value })}
            />
          )}
        </Field>
      </div>
    </>
  );
}
