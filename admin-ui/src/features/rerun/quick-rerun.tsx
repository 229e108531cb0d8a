/** The quick confirmation from the list: the same again, or on to all that can be chosen. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog, DialogBody, DialogFooter, FooterProblem } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import type { RerunRequest, RerunStarted } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { runMetadataOptions } from "@/queries/runs";
import { useRerun } from "./rerun-state";
import { sopTitle } from "./sop-title";

interface QuickRerunProps {
  threadId: string;
  onClose: () => void;
  onStarted: (started: RerunStarted) => void;
}

export function QuickRerun({ threadId, onClose, onStarted }: QuickRerunProps) {
  const metadata = useQuery(runMetadataOptions(threadId));
  const rerun = useRerun(onStarted);
  const [reason, setReason] = useState("");
  const keyFor = useRequestKey();
  const run = metadata.data;
  const problem = rerun.isError ? asApiError(rerun.error) : null;

  const confirm = () => {
    if (!run || rerun.isPending || rerun.isSuccess) return;
    const request: RerunRequest = reason.trim() ? { reason: reason.trim() } : {};
    const { thread_id, run_name, root_thread_id, sop_name, sop } = run;
    rerun.mutate({
      of: { thread_id, run_name, root_thread_id, sop_name, sop_title: sopTitle(sop) },
      request,
      key: keyFor(request),
    });
  };
  return (
    <Dialog
      open
      locked={rerun.isPending}
      onClose={onClose}
      title={
        <span className="flex items-center gap-2">
          <RotateCcw className="size-4 shrink-0 text-accent" aria-hidden /> Rerun {run?.run_name ?? ""}?
        </span>
      }
    >
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        <DialogBody>
          {metadata.isError ? (
            <ProblemNotice error={metadata.error} onRetry={() => void metadata.refetch()} />
          ) : (
            <p className="text-ink-soft">
              A new run with the same procedure and the same input. Effects that have happened are not
              repeated.
            </p>
          )}
          <Field label="Reason" optional error={problem?.at("/reason")}>
            {(ids) => (
              <TextInput
                {...ids}
                value={reason}
                maxLength={2000}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
          <Link
            to="/runs/$threadId"
            params={{ threadId }}
            search={{ rerun: "true" }}
            className="inline-block text-[0.8125rem] font-medium text-accent hover:underline"
          >
            Edit the input, see the plan, choose more
          </Link>
        </DialogBody>
        <DialogFooter>
          {problem && <FooterProblem>{problem.detail}</FooterProblem>}
          <Button onClick={onClose} disabled={rerun.isPending}>
            Cancel
          </Button>
          <Button
            type="submit"
            look="primary"
            busy={rerun.isPending || rerun.isSuccess}
            disabled={!run}
            icon={<RotateCcw aria-hidden />}
          >
            {rerun.isPending ? "Starting the rerun" : "Rerun"}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}
