/** A choice of one of a few, side by side. */
import { useId } from "react";

interface SegmentsProps<T extends string> {
  label: string;
  options: { value: T; word: string }[];
  chosen: T;
  onChoose: (value: T) => void;
  hint?: string;
}

export function Segments<T extends string>({ label, options, chosen, onChoose, hint }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset className="min-w-0" aria-describedby={hint && `${name}-note`}>
      <legend className="mb-1.5 text-[0.8125rem] font-medium">{label}</legend>
      <div className="inline-flex max-w-full flex-wrap gap-0.5 rounded-lg bg-sunken p-1">
        {options.map(({ value, word }) => (
          <label
            key={value}
            className="cursor-pointer rounded-md px-3 py-1 text-[0.8125rem] font-medium text-ink-soft hover:text-ink has-checked:bg-surface has-checked:text-ink has-checked:shadow-card has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === chosen}
              onChange={() => onChoose(value)}
              className="sr-only"
            />
            {word}
          </label>
        ))}
      </div>
      {hint !== undefined && (
        <p id={`${name}-note`} className="mt-1.5 text-[0.8125rem] text-ink-faint">
          {hint}
        </p>
      )}
    </fieldset>
  );
}
