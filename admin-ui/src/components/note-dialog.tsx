/** Asks before something is done, and for a word about why. */
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { Button } from "./button";
import { Dialog, DialogBody, DialogFooter } from "./dialog";
import { Field, TextInput } from "./field";

interface NoteDialogProps<T> {
  title: ReactNode;
  /** What will happen. */
  children: ReactNode;
  /** On the button. */
  word: string;
  icon?: ReactNode;
  danger?: boolean;
  /** What the text is called; where it goes. */
  label?: string;
  hint?: string;
  /** Does it; the key is the same for as long as the dialog is open with this text. */
  act: (note: string | undefined, key: string) => Promise<T>;
  onDone: (done: T) => void;
  onClose: () => void;
}

/** Mounted while it is open. */
export function NoteDialog<T>({
  label = "Reason",
  hint = "Kept in the audit trail.",
  ...props
}: NoteDialogProps<T>) {
  const [note, setNote] = useState("");
  const keyFor = useRequestKey();
  const said = note.trim() === "" ? undefined : note.trim();
  const doing = useMutation({
    mutationFn: () => props.act(said, keyFor(said ?? null)),
    onSuccess: props.onDone,
  });
  const busy = doing.isPending || doing.isSuccess;
  return (
    <Dialog open onClose={props.onClose} locked={doing.isPending} title={props.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) doing.mutate();
        }}
      >
        <DialogBody>
          <div className="text-ink-soft">{props.children}</div>
          <Field label={label} optional hint={hint}>
            {(ids) => (
              <TextInput
                {...ids}
                value={note}
                maxLength={2000}
                autoComplete="off"
                onChange={(event) => setNote(event.target.value)}
              />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          {doing.isError && (
            <p role="alert" className="mr-auto min-w-0 text-[0.8125rem] break-words text-bad">
              {asApiError(doing.error).detail}
            </p>
          )}
          <Button onClick={props.onClose} disabled={doing.isPending}>
            Cancel
          </Button>
          <Button type="submit" look={props.danger ? "danger" : "primary"} busy={busy} icon={props.icon}>
            {props.word}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
