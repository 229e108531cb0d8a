/** A list's states to choose from, several at a time; which are chosen is for the URL to say. */
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface ChoiceTabsProps<T extends string> {
  label: string;
  choices: { value: T; word: ReactNode; meaning?: string }[];
  /** None: all. */
  chosen: T[];
  onChoose: (chosen: T[]) => void;
  /** Only one at a time. */
  single?: boolean;
}

export function ChoiceTabs<T extends string>({
  label,
  choices,
  chosen,
  onChoose,
  single,
}: ChoiceTabsProps<T>) {
  const tab = (on: boolean) =>
    cx(
      "inline-flex h-8 shrink-0 items-center rounded-lg px-3 text-[0.8125rem] font-medium transition-colors",
      on ? "bg-accent-soft text-accent" : "text-ink-soft hover:bg-hover hover:text-ink",
    );
  const toggled = (value: T, on: boolean) => {
    if (on) return chosen.filter((other) => other !== value);
    return single ? [value] : [...chosen, value];
  };
  return (
    <fieldset aria-label={label} className="-mx-1 flex min-w-0 gap-1 overflow-x-auto px-1 py-1">
      <button
        type="button"
        aria-pressed={chosen.length === 0}
        onClick={() => onChoose([])}
        className={tab(chosen.length === 0)}
      >
        All
      </button>
      {choices.map(({ value, word, meaning }) => {
        const on = chosen.includes(value);
        return (
          <button
            key={value}
            type="button"
            title={meaning}
            aria-pressed={on}
            onClick={() => onChoose(toggled(value, on))}
            className={tab(on)}
          >
            {word}
          </button>
        );
      })}
    </fieldset>
  );
}
