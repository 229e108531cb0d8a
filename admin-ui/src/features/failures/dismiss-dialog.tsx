/** Asks before failures of one kind are dismissed, or taken back. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Undo2, X } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter, FooterProblem } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { runsText } from "@/features/batches/figures";
import { changeFailures, type FailureGroup } from "@/lib/api/failures";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { failureKeys } from "@/queries/failures";
import { runKeys } from "@/queries/runs";

interface DismissDialogProps {
  action: "dismiss" | "restore";
  group: FailureGroup;
  onClose: () => void;
}

export function DismissDialog({ action, group, onClose }: DismissDialogProps) {
  const queries = useQueryClient();
  const keyFor = useRequestKey();
  const [note, setNote] = useState("");
  const change = useMutation({
    mutationFn: (text: string) => changeFailures(action, group, text, keyFor({ action, text })),
    onSuccess: onClose,
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: failureKeys.all });
      void queries.invalidateQueries({ queryKey: runKeys.lists });
    },
  });
  const problem = change.isError ? asApiError(change.error) : null;
  const dismisses = action === "dismiss";
  const count = dismisses ? group.count - group.dismissed : group.dismissed;
  return (
    <Dialog
      open
      onClose={onClose}
      locked={change.isPending}
      title={dismisses ? "Dismiss these failures?" : "Restore these failures?"}
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (!change.isPending && !change.isSuccess) change.mutate(note.trim());
        }}
      >
        <DialogBody>
          <p className="text-ink-soft">
            {dismisses
              ? `${runsText(count, false)} will no longer count as open, and no policy reruns them. New failures of this kind show up again. It can be taken back.`
              : `${runsText(count, false)} will count as open again.`}
          </p>
          <p className="rounded-lg bg-sunken px-3 py-2 text-[0.8125rem] break-words [overflow-wrap:anywhere]">
            {group.signature}
          </p>
          <Field label="Note" optional hint="Kept in the audit trail." error={problem?.at("/note")}>
            {(ids) => (
              <TextInput
                {...ids}
                value={note}
                maxLength={2000}
                placeholder={dismisses ? "For instance: orders of the test customer" : undefined}
                onChange={(event) => setNote(event.target.value)}
              />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          {problem && <FooterProblem>{problem.detail}</FooterProblem>}
          <Button onClick={onClose} disabled={change.isPending}>
            Cancel
          </Button>
          <Button
            type="submit"
            look={dismisses ? "danger" : "primary"}
            busy={change.isPending || change.isSuccess}
            icon={dismisses ? <X aria-hidden /> : <Undo2 aria-hidden />}
          >
            {dismisses ? "Dismiss" : "Restore"} {runsText(count, false)}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
