/** Which errors qualify. */
import { CheckBox } from "@/components/check-box";
import { Field, TextInput } from "@/components/field";
import { Radios } from "@/features/rerun/radios";
import type { PolicyDraft } from "./draft";
import { ERROR_TYPES } from "./error-types";

interface ErrorTypesProps {
  onlySome: boolean;
  chosen: string[];
  onChange: (part: Partial<PolicyDraft>) => void;
  error?: string;
}

export function ErrorTypes({ onlySome, chosen, onChange, error }: ErrorTypesProps) {
  const others = chosen.filter((type) => !ERROR_TYPES.includes(type));
  const known = chosen.filter((type) => ERROR_TYPES.includes(type));
  return (
    <div className="space-y-3">
      <Radios
        label="After which errors"
        columns
        options={[
          {
            value: "all",
            word: "All that may pass",
            meaning: "Never bad input, permission, rejection or budget",
          },
          { value: "some", word: "Only some", meaning: "Chosen by their type" },
        ]}
        chosen={onlySome ? "some" : "all"}
        onChoose={(value) => onChange({ onlySome: value === "some" })}
        error={error}
      />
      {onlySome && (
        <fieldset aria-label="Error types" className="rounded-lg border p-3">
          <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
            {ERROR_TYPES.map((type) => (
              <CheckBox
                key={type}
                checked={known.includes(type)}
                onChange={(on) =>
                  onChange({ errorTypes: on ? [...chosen, type] : chosen.filter((other) => other !== type) })
                }
              >
                <code className="font-mono text-xs">{type}</code>
              </CheckBox>
            ))}
          </div>
          <div className="mt-3">
            <Others others={others} onChange={(next) => onChange({ errorTypes: [...known, ...next] })} />
          </div>
        </fieldset>
      )}
    </div>
  );
}

function Others({ others, onChange }: { others: string[]; onChange: (others: string[]) => void }) {
  return (
    <Field
      label="Others"
      optional
      hint="Answers of a service, such as http-503; several with spaces between."
    >
      {(ids) => (
        <TextInput
          {...ids}
          defaultValue={others.join(" ")}
          className="font-mono text-xs"
          onChange={(event) => onChange(event.target.value.split(/[\s,]+/).filter(Boolean))}
        />
      )}
    </Field>
  );
}
