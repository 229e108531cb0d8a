/** A labelled choice of one from a list. */
import { Field } from "@/components/field";

interface SelectProps {
  label: string;
  value: string;
  options: { value: string; word: string }[];
  onChange: (value: string) => void;
  error?: string;
}

export function Select({ label, value, options, onChange, error }: SelectProps) {
  return (
    <Field label={label} error={error}>
      {(ids) => (
        <select
          {...ids}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className="h-9 w-full rounded-lg border bg-surface px-2.5 shadow-card aria-invalid:border-bad"
        >
          {options.map(({ value: item, word }) => (
            <option key={item} value={item}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
