/** A length of time: a number and its unit. */
import { type Span, secondsOf, UNITS, type Unit } from "@/lib/span";
import { Field, TextInput } from "./field";
import { Select } from "./select";

interface SpanFieldProps {
  label: string;
  hint?: string;
  span: Span;
  onChange: (span: Span) => void;
  error?: string;
}

export function SpanField({ label, hint, span, onChange, error }: SpanFieldProps) {
  const wrong = secondsOf(span) === null ? "A whole number" : error;
  return (
    <Field label={label} hint={hint} error={wrong}>
      {(ids) => (
        <div className="flex gap-2">
          <div className="w-24 shrink-0">
            <TextInput
              {...ids}
              inputMode="numeric"
              className="tabular"
              value={span.count}
              maxLength={9}
              onChange={(event) => onChange({ ...span, count: event.target.value })}
            />
          </div>
          <Select
            aria-label={`${label}: unit`}
            className="max-w-36 min-w-0"
            value={span.unit}
            onChange={(event) => onChange({ ...span, unit: event.target.value as Unit })}
          >
            {Object.keys(UNITS).map((unit) => (
              <option key={unit} value={unit}>
                {unit}
              </option>
            ))}
          </Select>
        </div>
      )}
    </Field>
  );
}
