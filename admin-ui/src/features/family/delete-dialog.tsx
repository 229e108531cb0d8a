/** Asks before a run is deleted, and says what stays. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { deleteRun, type RunDetail } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { runKeys } from "@/queries/runs";

interface DeleteDialogProps {
  run: RunDetail;
  open: boolean;
  onClose: () => void;
  onDeleted: () => void;
}

export function DeleteDialog({ run, open, onClose, onDeleted }: DeleteDialogProps) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const removal = useMutation({
    mutationFn: () => deleteRun(run.thread_id, reason.trim() || undefined),
    onSuccess: () => {
      onDeleted();
      void queries.invalidateQueries({ queryKey: runKeys.all });
    },
  });
  return (
    <Dialog
      open={open}
      onClose={onClose}
      locked={removal.isPending}
      title="Delete this run?"
      description={run.run_name}
    >
      <DialogBody>
        <p>
          Its procedure, data, steps and results go for good, and it can't be rerun any more. There is no way
          back.
        </p>
        <div>
          <p className="font-medium">What stays</p>
          <ul className="mt-1 list-disc space-y-1 pl-5 text-ink-soft">
            <li>its place in the family: id, when, who asked and why</li>
            <li>the effects it had, so that a later rerun does not repeat them</li>
            <li>the audit trail</li>
            <li>results that reruns still use, hidden, until those runs are gone</li>
          </ul>
        </div>
        <Field label="Reason" optional>
          {(ids) => <TextInput {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </DialogBody>
      <DialogFooter>
        {removal.isError && (
          <p role="alert" className="mr-auto min-w-0 text-[0.8125rem] break-words text-bad">
            {asApiError(removal.error).detail}
          </p>
        )}
        <Button onClick={onClose}>Keep it</Button>
        <Button
          look="danger"
          busy={removal.isPending}
          icon={<Trash2 aria-hidden />}
          onClick={() => removal.mutate()}
        >
          Delete run
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
