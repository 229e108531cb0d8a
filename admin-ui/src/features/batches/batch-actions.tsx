/** Pause, resume and abort, each asked for once more; what may be done now is what is shown. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, CircleStop } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter, FooterProblem } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { type Batch, type BatchAction, type BatchResume, changeBatch } from "@/lib/api/batches";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { batchKeys } from "@/queries/batches";
import { ResumeFields } from "./resume-fields";
import { limitsOf, SAME_LIMITS } from "./resume-limits";

/** `word`: what a person calls it. */
export function BatchActions({ batch, word = "batch" }: { batch: Batch; word?: string }) {
  const [asked, setAsked] = useState<BatchAction | null>(null);
  if (batch.status !== "running" && batch.status !== "paused") return null;
  return (
    <div className="flex flex-wrap gap-2">
      {batch.status === "running" ? (
        <Button icon={<CirclePause aria-hidden />} onClick={() => setAsked("pause")}>
          Pause
        </Button>
      ) : (
        <Button look="primary" icon={<CirclePlay aria-hidden />} onClick={() => setAsked("resume")}>
          Resume
        </Button>
      )}
      <Button look="danger" icon={<CircleStop aria-hidden />} onClick={() => setAsked("abort")}>
        Abort
      </Button>
      {asked && (
        <ActionDialog key={asked} batch={batch} word={word} action={asked} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}

const WORDS: Record<
  BatchAction,
  { title: string; said: string; confirm: string; back: string; icon: ReactNode }
> = {
  pause: {
    title: "Pause this",
    said: "Nothing new starts until somebody resumes it. Reruns under way go on.",
    confirm: "Pause",
    back: "Keep it running",
    icon: <CirclePause aria-hidden />,
  },
  resume: {
    title: "Resume this",
    said: "It goes on where it stopped. A gate or a failure rate that stopped it is overruled.",
    confirm: "Resume",
    back: "Leave it paused",
    icon: <CirclePlay aria-hidden />,
  },
  abort: {
    title: "Abort this",
    said: "It ends for good: what has not been started is cancelled. Reruns under way go on, and what has ended stays.",
    confirm: "Abort",
    back: "Go back",
    icon: <CircleStop aria-hidden />,
  },
};

interface ActionDialogProps {
  batch: Batch;
  word: string;
  action: BatchAction;
  onClose: () => void;
}

function ActionDialog({ batch, word, action, onClose }: ActionDialogProps) {
  const queries = useQueryClient();
  const keyFor = useRequestKey();
  const { title, said, confirm, back, icon } = WORDS[action];
  const [reason, setReason] = useState("");
  const [limits, setLimits] = useState(SAME_LIMITS);
  const other = action === "resume" ? limitsOf(limits) : {};
  const change = useMutation({
    mutationFn: (asked: BatchResume) => changeBatch(batch.id, action, asked, keyFor({ action, asked })),
    onSuccess: (changed) => {
      queries.setQueryData([...batchKeys.batch(batch.id), "detail"], changed);
      onClose();
    },
    onSettled: () => void queries.invalidateQueries({ queryKey: batchKeys.all }),
  });
  const problem = change.isError ? asApiError(change.error) : null;
  return (
    <Dialog open onClose={onClose} locked={change.isPending} title={`${title} ${word}?`}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (other === null || change.isPending || change.isSuccess) return;
          change.mutate({
            ...(reason.trim() ? { reason: reason.trim() } : {}),
            ...other,
          });
        }}
      >
        <DialogBody>
          <p className="text-ink-soft">{said}</p>
          {action === "resume" && (
            <ResumeFields
              batch={batch}
              limits={limits}
              onChange={(part) => setLimits((now) => ({ ...now, ...part }))}
              problem={problem}
            />
          )}
          <Field label="Reason" optional hint="Kept in the audit trail." error={problem?.at("/reason")}>
            {(ids) => (
              <TextInput
                {...ids}
                value={reason}
                maxLength={2000}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          {problem && <FooterProblem>{problem.detail}</FooterProblem>}
          <Button onClick={onClose} disabled={change.isPending}>
            {back}
          </Button>
          <Button
            type="submit"
            look={action === "abort" ? "danger" : "primary"}
            busy={change.isPending || change.isSuccess}
            disabled={other === null}
            icon={icon}
          >
            {confirm} {word}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
