/** Correct results: values that steps produced, to be put right by hand. */
import { Pencil, Undo2 } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Button } from "@/components/button";
import { Field, TextArea } from "@/components/field";
import { Value } from "@/components/value";
import { writeJson } from "@/lib/json";
import { type Correction, correctedValue } from "./choice";
import type { Produced } from "./produced";

/** So many values at once; a long run has produced thousands. */
const FIRST = 100;

interface CorrectionsProps {
  produced: Produced[];
  corrections: Correction[];
  onChange: (corrections: Correction[]) => void;
  error?: string;
}

export function Corrections({ produced, corrections, onChange, error }: CorrectionsProps) {
  const [most, setMost] = useState(FIRST);
  if (produced.length === 0)
    return <p className="text-[0.8125rem] text-ink-faint">No step has produced a value.</p>;
  const of = (path: string) => corrections.find(({ keys }) => keys.join(".") === path);
  // What is corrected is always in sight.
  const shown = produced.filter(({ path }, index) => index < most || of(path));
  const rest = produced.length - shown.length;
  return (
    <div className="space-y-3">
      <p className="text-[0.8125rem] text-ink-soft">
        The step that produced a value is not carried out; what reads it is.
      </p>
      {error !== undefined && (
        <p role="alert" className="text-[0.8125rem] text-bad">
          {error}
        </p>
      )}
      <ul className="divide-y rounded-lg border text-[0.8125rem]">
        {shown.map((item) => {
          const correction = of(item.path);
          const others = corrections.filter((other) => other !== correction);
          return (
            <li key={item.path} data-produced={item.path} className="px-3 py-2">
              {correction ? (
                <Edited
                  item={item}
                  correction={correction}
                  onText={(text) => onChange([...others, { ...correction, text }])}
                  onUndo={() => onChange(others)}
                />
              ) : (
                <div className="flex items-start gap-3">
                  <div className="min-w-0 grow">
                    <code className="font-mono text-xs break-all text-ink-soft">{item.path}</code>
                    <div className="overflow-x-auto break-words">
                      <Value value={item.value} />
                    </div>
                  </div>
                  <Button
                    size="sm"
                    look="ghost"
                    icon={<Pencil aria-hidden />}
                    aria-label={`Correct ${item.path}`}
                    onClick={() => onChange([...corrections, correctionOf(item)])}
                  >
                    Correct
                  </Button>
                </div>
              )}
            </li>
          );
        })}
      </ul>
      {rest > 0 && (
        <Button size="sm" onClick={() => setMost(most + FIRST)}>
          Show more ({rest.toLocaleString("en")})
        </Button>
      )}
    </div>
  );
}

/** A correction that does not differ yet. */
export function correctionOf({ keys, value }: Produced): Correction {
  return { keys, was: value, text: writeJson(value, 2) };
}

interface EditedProps {
  item: Produced;
  correction: Correction;
  onText: (text: string) => void;
  onUndo: () => void;
}

function Edited({ item, correction, onText, onUndo }: EditedProps) {
  const value = correctedValue(correction);
  const id = useId();
  // It was just asked for: whoever did that goes on typing here.
  useEffect(() => {
    document.getElementById(id)?.querySelector("textarea")?.focus();
  }, [id]);
  return (
    <div id={id}>
      <Field
        label={<code className="font-mono text-xs break-all">{item.path}</code>}
        hint={
          value === null ? (
            "null takes the value away"
          ) : (
            <>
              Step {item.seq}, {item.skill} said: <Value value={item.value} />
            </>
          )
        }
        error={value === undefined ? "This is not JSON; a text stands in quotes" : undefined}
        aside={
          <button
            type="button"
            onClick={onUndo}
            className="inline-flex items-center gap-1 text-xs font-medium text-ink-faint hover:text-accent"
          >
            <Undo2 className="size-3.5" aria-hidden /> Leave as it was
          </button>
        }
      >
        {(ids) => (
          <TextArea
            {...ids}
            className="min-h-9 font-mono text-xs"
            rows={Math.min(8, correction.text.split("\n").length)}
            value={correction.text}
            spellCheck={false}
            onChange={(event) => onText(event.target.value)}
          />
        )}
      </Field>
    </div>
  );
}
