/** The button that opens the rerun dialog; an error of the last try stays beside it. */
import { RotateCcw, X } from "lucide-react";
import { Button } from "@/components/button";
import { asApiError } from "@/lib/problem";
import { useRerunOf } from "./rerun-state";

interface RerunButtonProps {
  threadId: string;
  name: string;
  size?: "sm" | "md";
  look?: "primary" | "secondary";
  /** Why it can't be rerun. */
  refused?: string;
  onOpen: () => void;
}

export function RerunButton({
  threadId,
  name,
  size = "sm",
  look = "secondary",
  refused,
  onOpen,
}: RerunButtonProps) {
  const { sending, trouble } = useRerunOf(threadId);
  return (
    <div className="flex flex-col items-end gap-1">
      <Button
        size={size}
        look={look}
        busy={sending}
        disabled={refused !== undefined}
        title={refused}
        icon={<RotateCcw aria-hidden />}
        aria-label={`Rerun ${name}`}
        onClick={(event) => {
          event.stopPropagation();
          onOpen();
        }}
      >
        {sending ? "Starting" : "Rerun"}
      </Button>
      {trouble && (
        <p role="alert" className="flex w-44 items-start justify-end gap-1 text-right text-xs text-bad">
          <span className="min-w-0 break-words">{asApiError(trouble.error).detail}</span>
          <button
            type="button"
            aria-label="Dismiss"
            className="rounded p-0.5 hover:bg-bad-soft"
            onClick={(event) => {
              event.stopPropagation();
              trouble.forget();
            }}
          >
            <X className="size-3" aria-hidden />
          </button>
        </p>
      )}
    </div>
  );
}
