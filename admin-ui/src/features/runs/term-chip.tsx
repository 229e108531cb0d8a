/** One term of the filter, with a cross that takes it away. */
import { TriangleAlert, X } from "lucide-react";
import { cx } from "@/lib/class-names";
import { type Term, writeTerm } from "./terms";

export function TermChip({ term, onRemove }: { term: Term; onRemove: () => void }) {
  const text = writeTerm(term);
  const value = text.slice(term.key.length + 1);
  return (
    <span
      data-term={text}
      title={term.wrong ?? text}
      className={cx(
        "inline-flex h-6.5 max-w-full min-w-0 items-center gap-1 rounded-md pr-0.5 pl-2 text-xs",
        term.wrong ? "bg-bad-soft text-bad" : "bg-accent-soft text-accent",
      )}
    >
      {term.wrong && <TriangleAlert className="size-3.5 shrink-0" aria-hidden />}
      <span className="min-w-0 truncate">
        {term.key}:<span className="font-medium">{value}</span>
        {term.wrong && <span className="sr-only">: {term.wrong}; it is left out</span>}
      </span>
      <button
        type="button"
        aria-label={`Remove ${text}`}
        onClick={onRemove}
        className="flex size-5.5 shrink-0 items-center justify-center rounded hover:bg-hover"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}
