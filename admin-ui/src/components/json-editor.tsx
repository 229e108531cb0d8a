/** A JSON object to edit: exact numbers, checked while typing, put in order by a button. */
import { Braces } from "lucide-react";
import { lazy, Suspense } from "react";
import { cx } from "@/lib/class-names";
import { draftOf, readDraft } from "@/lib/json-draft";
import { Skeleton } from "./empty";
import { Field } from "./field";

const CodeEditor = lazy(() => import("./code-editor"));

interface JsonEditorProps {
  label: string;
  hint?: string;
  text: string;
  onChange: (text: string) => void;
  /** What the server says is wrong. */
  error?: string;
  /** The cursor stands here at first. */
  focused?: boolean;
}

export function JsonEditor({ label, hint, text, onChange, error, focused }: JsonEditorProps) {
  const draft = readDraft(text);
  const problem = draft.error ?? error;
  return (
    <Field
      label={label}
      hint={hint}
      error={problem}
      aside={
        <button
          type="button"
          disabled={draft.value === null}
          onClick={() => draft.value && onChange(draftOf(draft.value))}
          className="inline-flex items-center gap-1 text-xs font-medium text-ink-faint hover:text-accent disabled:opacity-50"
        >
          <Braces className="size-3.5" aria-hidden /> Format
        </button>
      }
    >
      {(ids) => (
        <div
          className={cx(
            "overflow-hidden rounded-lg border bg-surface shadow-card focus-within:outline-2 focus-within:outline-accent",
            problem !== undefined && "border-bad",
          )}
        >
          <Suspense fallback={<Skeleton className="h-28 rounded-none" />}>
            <CodeEditor
              id={ids.id}
              label={label}
              value={text}
              onChange={onChange}
              describedBy={ids["aria-describedby"]}
              invalid={problem !== undefined}
              focused={focused}
            />
          </Suspense>
        </div>
      )}
    </Field>
  );
}
