/** Asks before many runs are rerun: how, within which limits, and what would come of it. */
import { useNavigate } from "@tanstack/react-router";
import { Layers } from "lucide-react";
import { useState } from "react";
import { Dialog } from "@/components/dialog";
import { type BatchChoice, type BatchTarget, firstBatchChoice } from "./batch-choice";
import { BatchForm } from "./batch-form";

interface BatchDialogProps {
  title: string;
  target: BatchTarget;
  /** What is filled in already. */
  first?: Partial<BatchChoice>;
  onClose: () => void;
}

export function BatchDialog({ title, target, first, onClose }: BatchDialogProps) {
  const navigate = useNavigate();
  const [sending, setSending] = useState(false);
  return (
    <Dialog
      open
      wide="full"
      locked={sending}
      onClose={onClose}
      title={
        <span className="flex items-center gap-2">
          <Layers className="size-4 text-accent" aria-hidden /> {title}
        </span>
      }
      description="A new run for each. The originals stay as they are; the server goes on without this page."
    >
      <BatchForm
        target={target}
        first={firstBatchChoice(first)}
        onCancel={onClose}
        onSending={setSending}
        onStarted={(batch) => void navigate({ to: "/batches/$batchId", params: { batchId: batch.id } })}
      />
    </Dialog>
  );
}
