/** One line that holds the whole filter: a chip for each term, and a field that finishes what one types. */
import { Search } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { cx } from "@/lib/class-names";
import { CompletionList } from "./completion-list";
import { type Completion, completed, completions, type Known } from "./completions";
import { TermChip } from "./term-chip";
import { readTerms, type Term, writeTerm, writeTerms } from "./terms";

interface FilterLineProps {
  terms: Term[];
  known: Known;
  /** Where shortcuts put the caret. */
  field: RefObject<HTMLInputElement | null>;
  onAdd: (terms: Term[]) => void;
  onRemove: (term: Term) => void;
  onClear: () => void;
  /** Somebody is about to type: what the server knows is wanted now. */
  onFocus: () => void;
}

export function FilterLine({ terms, known, field, onAdd, onRemove, onClear, onFocus }: FilterLineProps) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [wrong, setWrong] = useState<string>();
  const offered = open ? completions(typed, known) : [];

  const type = (text: string) => {
    setTyped(text);
    setOpen(true);
    setActive(-1);
    setWrong(undefined);
  };
  /** Takes the terms that are right; the others stay in the field with a reason. */
  const take = (text: string) => {
    const read = readTerms(text);
    const bad = read.filter((term) => term.wrong !== undefined);
    const good = read.filter((term) => term.wrong === undefined);
    if (good.length > 0) onAdd(good);
    setTyped(writeTerms(bad));
    setWrong(bad[0]?.wrong);
    setActive(-1);
    setOpen(false);
  };
  const choose = (completion: Completion) => {
    const next = completed(typed, completion);
    if (completion.whole) take(next);
    else type(next);
    field.current?.focus();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!open) setOpen(true);
      else if (offered.length > 0) {
        setActive((active + step + offered.length + (active < 0 && step < 0 ? 1 : 0)) % offered.length);
      }
      return;
    }
    const chosen = offered[active];
    if (event.key === "Enter") {
      event.preventDefault();
      if (chosen) choose(chosen);
      else if (typed.trim() !== "") take(typed);
    } else if (event.key === "Tab" && !event.shiftKey && offered.length > 0 && typed.trim() !== "") {
      event.preventDefault();
      choose(chosen ?? (offered[0] as Completion));
    } else if (event.key === "Escape") {
      if (open) setOpen(false);
      else field.current?.blur();
    } else if (event.key === "Backspace" && typed === "") {
      const last = terms.at(-1);
      if (last) onRemove(last);
    }
  };

  return (
    <search className="relative min-w-0 grow">
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a click beside the field is meant for it */}
      <div
        className={cx(
          "flex min-h-9 flex-wrap items-center gap-1.5 rounded-lg border bg-surface py-1 pr-2 pl-9 shadow-card focus-within:outline-2 focus-within:outline-accent hover:border-line-strong/60",
          wrong !== undefined && "border-bad",
        )}
        onClick={(event) => event.target === event.currentTarget && field.current?.focus()}
      >
        <Search
          aria-hidden
          className="pointer-events-none absolute top-2.5 left-3 size-4 shrink-0 text-ink-faint"
        />
        {terms.map((term) => (
          <TermChip key={writeTerm(term)} term={term} onRemove={() => onRemove(term)} />
        ))}
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-label="Filter"
          aria-expanded={offered.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
          aria-autocomplete="list"
          aria-invalid={wrong !== undefined || undefined}
          aria-describedby={wrong !== undefined ? `${id}-wrong` : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={
            terms.length === 0 ? "Filter: a name, or status:failed skill:send-mail data.order.id:42" : ""
          }
          value={typed}
          onChange={(event) => type(event.target.value)}
          onFocus={() => {
            onFocus();
            setOpen(true);
          }}
          onBlur={() => setOpen(false)}
          onKeyDown={press}
          className="h-6.5 min-w-32 grow bg-transparent text-[0.8125rem] text-ellipsis focus:outline-none"
        />
        {terms.length > 0 && (
          <button
            type="button"
            onClick={() => {
              setTyped("");
              setWrong(undefined);
              onClear();
            }}
            className="ml-auto h-6.5 rounded-md px-1.5 text-xs font-medium text-ink-soft hover:bg-hover hover:text-accent"
          >
            Clear all
          </button>
        )}
      </div>
      {wrong !== undefined && (
        <p id={`${id}-wrong`} role="alert" className="mt-1 text-xs text-bad">
          {wrong}
        </p>
      )}
      <CompletionList id={id} offered={offered} active={active} onChoose={choose} />
    </search>
  );
}
