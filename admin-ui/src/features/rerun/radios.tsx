/** A group of radio buttons, each with what it means. */
import { type ReactNode, useId } from "react";
import { cx } from "@/lib/class-names";

interface RadiosProps<T extends string> {
  label: string;
  options: { value: T; word: ReactNode; meaning?: ReactNode }[];
  chosen: T;
  onChoose: (value: T) => void;
  error?: string;
  /** Side by side where there is room. */
  columns?: boolean;
}

export function Radios<T extends string>({
  label,
  options,
  chosen,
  onChoose,
  error,
  columns,
}: RadiosProps<T>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-[0.8125rem] font-medium">{label}</legend>
      <div className={cx("grid gap-2", columns && "sm:grid-cols-[repeat(auto-fit,minmax(11rem,1fr))]")}>
        {options.map(({ value, word, meaning }) => (
          <label
            key={value}
            className={cx(
              "flex cursor-pointer items-start gap-2.5 rounded-lg border px-3 py-2 transition-colors",
              "has-focus-visible:outline-2 has-focus-visible:outline-accent",
              value === chosen ? "border-accent bg-accent-soft" : "hover:bg-hover",
            )}
          >
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === chosen}
              onChange={() => onChoose(value)}
              className="mt-1 shrink-0 accent-(--accent) outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium">{word}</span>
              {meaning && <span className="block text-xs text-ink-soft">{meaning}</span>}
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p role="alert" className="mt-1.5 text-[0.8125rem] text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
