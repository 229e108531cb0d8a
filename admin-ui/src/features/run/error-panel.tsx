/** Why a run failed, and what to do about it. */
import { PenLine, RotateCcw } from "lucide-react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import type { RunError } from "@/lib/api";
import { adviceFor } from "./advice";

interface ErrorPanelProps {
  error: RunError;
  onRerun: () => void;
  /** Keeps what was completed; not there where nothing was. */
  onRerunFromFailure?: () => void;
  /** Leads to the step that failed. */
  onShowStep?: () => void;
}

/** Longer messages are easier to read in plain weight. */
const SHORT = 160;

export function ErrorPanel({ error, onRerun, onRerunFromFailure, onShowStep }: ErrorPanelProps) {
  const short = error.message.length <= SHORT;
  return (
    <Notice
      kind="bad"
      className="mb-5"
      title={short ? <span className="block first-letter:uppercase">{error.message}</span> : "The run failed"}
    >
      {!short && <p className="mt-1">{error.message}</p>}
      {/* Side by side where there is room: below stand the steps, which should be in view. */}
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="mt-1 min-w-0 grow basis-80">
          <p className="text-ink-soft">{adviceFor(error)}</p>
          <p className="mt-1 text-xs text-ink-faint">
            <code className="font-mono">{error.type}</code>
            {error.skill && (
              <>
                {" "}
                in <code className="font-mono">{error.skill}</code>
              </>
            )}
            {error.seq && <>, step {error.seq}</>}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {onRerunFromFailure && (
            <Button size="sm" icon={<RotateCcw aria-hidden />} onClick={onRerunFromFailure}>
              Rerun from the failure
            </Button>
          )}
          <Button size="sm" icon={<PenLine aria-hidden />} onClick={onRerun}>
            Edit the input and rerun
          </Button>
          {onShowStep && (
            <Button size="sm" look="ghost" onClick={onShowStep}>
              Show the step
            </Button>
          )}
        </div>
      </div>
    </Notice>
  );
}
