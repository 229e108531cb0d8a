/** Asks before a run is cancelled. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { cancelRun, type RunDetail } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { runKeys } from "@/queries/runs";

interface CancelDialogProps {
  run: Pick<RunDetail, "thread_id">;
  open: boolean;
  onClose: () => void;
}

export function CancelDialog({ run, open, onClose }: CancelDialogProps) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const cancel = useMutation({
    mutationFn: () => cancelRun(run.thread_id, reason.trim() || undefined),
    onSuccess: onClose,
    onSettled: () => void queries.invalidateQueries({ queryKey: runKeys.run(run.thread_id) }),
  });
  return (
    <Dialog open={open} onClose={onClose} locked={cancel.isPending} title="Cancel this run?">
      <DialogBody>
        <p className="text-ink-soft">
          Nothing new starts and what waits is closed. An irreversible step that is under way ends in doubt. A
          cancelled run can be rerun.
        </p>
        <Field label="Reason" optional>
          {(ids) => <TextInput {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
      </DialogBody>
      <DialogFooter>
        {cancel.isError && (
          <p role="alert" className="mr-auto text-[0.8125rem] text-bad">
            {asApiError(cancel.error).detail}
          </p>
        )}
        <Button onClick={onClose}>Keep it running</Button>
        <Button
          look="danger"
          busy={cancel.isPending}
          icon={<Ban aria-hidden />}
          onClick={() => cancel.mutate()}
        >
          Cancel run
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
