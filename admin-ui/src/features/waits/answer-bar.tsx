/** The note and the buttons under a question, with what went wrong. */
import type { ReactNode } from "react";
import { Field, TextInput } from "@/components/field";
import { asApiError } from "@/lib/problem";

interface AnswerBarProps {
  note: string;
  onNote: (note: string) => void;
  error: Error | null;
  children: ReactNode;
}

export function AnswerBar({ note, onNote, error, children }: AnswerBarProps) {
  return (
    <div className="space-y-3 border-t pt-4">
      <Field label="Note" optional>
        {(ids) => (
          <TextInput
            {...ids}
            value={note}
            placeholder="Kept with the run"
            onChange={(event) => onNote(event.target.value)}
          />
        )}
      </Field>
      {error && (
        <p role="alert" className="text-[0.8125rem] text-bad">
          {asApiError(error).detail}
        </p>
      )}
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
