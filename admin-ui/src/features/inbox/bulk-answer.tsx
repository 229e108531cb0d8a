/** One answer to all that is selected: first how many and what, then what became of each. */
import { Check, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { ClearSelection } from "@/components/clear-selection";
import { NoteDialog } from "@/components/note-dialog";
import { type AnsweredMany, answerMany, type Wait } from "@/lib/api/waits";
import { useShortcut } from "@/lib/shortcut";
import { type Shared, sharedDecisions } from "./decisions";
import { keyOf } from "./inbox-search";
import { type News, newsOfMany } from "./news";
import { questionOf, valuesOf } from "./summary";

interface BulkAnswerProps {
  waits: Wait[];
  onClear: () => void;
  /** `gone`: those that wait no more, answered now or before. */
  onAnswered: (news: News, gone: Wait[]) => void;
}

export function BulkAnswer({ waits, onClear, onAnswered }: BulkAnswerProps) {
  const [asked, setAsked] = useState<Shared | null>(null);
  useShortcut("Escape", "Clear the selection", onClear);
  const { shared, why } = sharedDecisions(waits);
  return (
    <section
      aria-label="Selected items"
      className="sticky bottom-4 z-20 mt-4 flex animate-enter flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border bg-raised px-4 py-3 shadow-float max-md:bottom-2 max-md:px-3"
    >
      <p aria-live="polite" className="font-medium whitespace-nowrap">
        {waits.length.toLocaleString("en")} selected
      </p>
      {why && <p className="min-w-0 text-[0.8125rem] text-ink-soft">{why}</p>}
      <span className="ml-auto flex flex-wrap items-center gap-2">
        {shared.map((one) => (
          <Button
            key={one.decision}
            size="sm"
            look={one.danger ? "danger" : "primary"}
            icon={one.danger ? <X aria-hidden /> : <Check aria-hidden />}
            onClick={() => setAsked(one)}
          >
            {one.word}…
          </Button>
        ))}
        <ClearSelection onClear={onClear} />
      </span>
      {asked && (
        <NoteDialog<AnsweredMany>
          title={`${asked.word}: ${waits.length} ${waits.length === 1 ? "item" : "items"}`}
          word={`${asked.word} (${waits.length})`}
          danger={asked.danger}
          icon={asked.danger ? <X aria-hidden /> : <Check aria-hidden />}
          label="Note"
          hint="Kept with each run."
          act={(note) => answerMany(waits, asked.decision, note)}
          onDone={(outcome) => {
            setAsked(null);
            onAnswered(newsOfMany(outcome, waits), goneOf(outcome, waits));
          }}
          onClose={() => setAsked(null)}
        >
          <Listed waits={waits} />
        </NoteDialog>
      )}
    </section>
  );
}

/** Those that were answered; of the others those that will not wait any more either. */
function goneOf({ items }: AnsweredMany, waits: Wait[]): Wait[] {
  return waits.filter((wait) =>
    items.some(
      ({ thread_id, step, outcome, problem }) =>
        thread_id === wait.thread_id &&
        step === wait.step &&
        (outcome === "answered" || problem?.type === "not-waiting"),
    ),
  );
}

function Listed({ waits }: { waits: Wait[] }) {
  return (
    <>
      <p>Each is answered by itself, as it is shown now; what has changed meanwhile is left alone.</p>
      <ul className="mt-3 max-h-56 divide-y overflow-y-auto rounded-lg border text-[0.8125rem]">
        {waits.map((wait) => (
          <li key={keyOf(wait)} className="px-3 py-2">
            <span className="font-medium text-ink">{wait.run_name}</span> · {questionOf(wait)}
            <span className="block truncate text-xs text-ink-faint">
              {valuesOf(wait.asks)
                .map(({ text }) => text)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
