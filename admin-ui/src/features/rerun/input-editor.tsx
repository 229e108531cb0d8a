/** The initial data to edit, and how it differs from the original's. */
import { useMemo } from "react";
import { JsonEditor } from "@/components/json-editor";
import { changesBetween } from "@/lib/changes";
import type { JsonObject } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";
import { ChangesTable } from "./changes-table";

interface InputEditorProps {
  original: JsonObject;
  text: string;
  onChange: (text: string) => void;
  error?: string;
  /** The cursor stands here at first. */
  focused?: boolean;
}

export function InputEditor({ original, text, onChange, error, focused }: InputEditorProps) {
  const changes = useMemo(() => {
    const { value } = readDraft(text);
    return value ? changesBetween(original, value) : null;
  }, [text, original]);
  return (
    <>
      <JsonEditor label="Initial data" text={text} onChange={onChange} error={error} focused={focused} />
      <section aria-live="polite">
        <div className="mb-1.5 flex items-baseline justify-between">
          <h3 className="text-[0.8125rem] font-medium">Difference to the original</h3>
          {changes?.length !== 0 && (
            <button
              type="button"
              onClick={() => onChange(draftOf(original))}
              className="text-xs font-medium text-ink-faint hover:text-accent"
            >
              Put the original back
            </button>
          )}
        </div>
        {changes && changes.length > 0 ? (
          <ChangesTable changes={changes} />
        ) : (
          <p className="text-[0.8125rem] text-ink-faint">
            {changes ? "None: the same input, digit for digit." : "It is shown once the data can be read."}
          </p>
        )}
      </section>
    </>
  );
}
