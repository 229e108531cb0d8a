/** Filters side by side, with counts where they are known; each switches itself on and off. */
import { cx } from "@/lib/class-names";

interface ChoicesProps<T extends string> {
  label: string;
  /** Whether "All" stands first, which takes the filter away. */
  all?: boolean;
  choices: { value: T; word: string; meaning?: string; count?: number }[];
  chosen: T[];
  /** null: all. */
  onToggle: (value: T | null) => void;
}

export function Choices<T extends string>({ label, all, choices, chosen, onToggle }: ChoicesProps<T>) {
  return (
    <fieldset
      aria-label={label}
      className="-mx-1 flex min-w-0 gap-1 overflow-x-auto px-1 py-1 max-md:flex-wrap"
    >
      {all && <Choice word="All" on={chosen.length === 0} onClick={() => onToggle(null)} />}
      {choices.map(({ value, ...choice }) => (
        <Choice key={value} {...choice} on={chosen.includes(value)} onClick={() => onToggle(value)} />
      ))}
    </fieldset>
  );
}

interface ChoiceProps {
  word: string;
  meaning?: string;
  count?: number;
  on: boolean;
  onClick: () => void;
}

function Choice({ word, meaning, count, on, onClick }: ChoiceProps) {
  return (
    <button
      type="button"
      title={meaning}
      aria-pressed={on}
      onClick={onClick}
      className={cx(
        "inline-flex h-8 shrink-0 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium transition-colors",
        on ? "bg-accent-soft text-accent" : "text-ink-soft hover:bg-hover hover:text-ink",
      )}
    >
      {word}
      {count !== undefined && (
        <span className={cx("tabular text-xs font-normal", on ? "text-accent" : "text-ink-faint")}>
          {count.toLocaleString("en")}
        </span>
      )}
    </button>
  );
}
