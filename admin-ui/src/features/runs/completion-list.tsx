/** What the filter line offers, below it. */
import { useEffect, useRef } from "react";
import { cx } from "@/lib/class-names";
import type { Completion } from "./completions";

interface CompletionListProps {
  /** Of the combobox; the options are `id-0`, `id-1`… */
  id: string;
  offered: Completion[];
  active: number;
  onChoose: (completion: Completion) => void;
}

export function CompletionList({ id, offered, active, onChoose }: CompletionListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    // Options are chosen with the arrows from the field, which keeps the focus.
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label="Completions"
      tabIndex={-1}
      className={cx(
        "absolute inset-x-0 top-full z-30 mt-1 max-h-80 max-w-2xl overflow-y-auto rounded-xl border bg-raised p-1 shadow-float",
        offered.length === 0 && "hidden",
      )}
    >
      {offered.map((completion, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
        <div
          key={completion.text}
          id={`${id}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(completion)}
          className="flex cursor-default items-baseline gap-3 rounded-lg px-2.5 py-1.5 text-[0.8125rem] hover:bg-hover aria-selected:bg-accent-soft"
        >
          <span className="shrink-0 font-mono text-xs">{completion.text}</span>
          <span className="min-w-0 truncate text-xs text-ink-faint">{completion.meaning}</span>
        </div>
      ))}
    </div>
  );
}
