/** Asks before a rerun: its input, the difference to the original, and why. */
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { Dialog, DialogBody } from "@/components/dialog";
import { Skeleton } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import type { RerunStarted } from "@/lib/api";
import { runMetadataOptions } from "@/queries/runs";
import { RerunForm } from "./rerun-form";
import { useRerun } from "./rerun-state";

interface RerunDialogProps {
  threadId: string;
  onClose: () => void;
  onStarted: (started: RerunStarted) => void;
}

export function RerunDialog({ threadId, onClose, onStarted }: RerunDialogProps) {
  const metadata = useQuery(runMetadataOptions(threadId));
  const rerun = useRerun(onStarted);
  return (
    <Dialog
      open
      wide
      locked={rerun.isPending}
      onClose={onClose}
      title={
        <span className="flex items-center gap-2">
          <RotateCcw className="size-4 text-accent" aria-hidden /> Rerun {metadata.data?.run_name ?? ""}
        </span>
      }
      description="A new run with the same procedure. The original stays as it is."
    >
      {metadata.data ? (
        <RerunForm metadata={metadata.data} rerun={rerun} onCancel={onClose} />
      ) : (
        <DialogBody>
          {metadata.isError ? (
            <ProblemNotice error={metadata.error} onRetry={() => void metadata.refetch()} />
          ) : (
            <div role="status" aria-label="Loading" className="space-y-3">
              <Skeleton className="h-4 w-28" />
              <Skeleton className="h-40" />
            </div>
          )}
        </DialogBody>
      )}
    </Dialog>
  );
}
