/** The form inside the rerun dialog. */
import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { Button } from "@/components/button";
import { DialogBody, DialogFooter } from "@/components/dialog";
import { Field, TextInput } from "@/components/field";
import { JsonEditor } from "@/components/json-editor";
import type { RunMetadata } from "@/lib/api";
import { changesBetween } from "@/lib/changes";
import { draftOf, readDraft } from "@/lib/json-draft";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { ChangesTable } from "./changes-table";
import { rerunRequest } from "./rerun-request";
import type { useRerun } from "./rerun-state";
import { sopTitle } from "./sop-title";

interface RerunFormProps {
  metadata: RunMetadata;
  rerun: ReturnType<typeof useRerun>;
  onCancel: () => void;
}

const COMMAND_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl ";

export function RerunForm({ metadata, rerun, onCancel }: RerunFormProps) {
  const original = metadata.initial_data;
  const [text, setText] = useState(() => draftOf(original));
  const [reason, setReason] = useState("");
  const keyFor = useRequestKey();
  const draft = readDraft(text);
  const changes = useMemo(() => {
    const { value } = readDraft(text);
    return value ? changesBetween(original, value) : [];
  }, [text, original]);
  const problem = rerun.isError ? asApiError(rerun.error) : null;
  const inputProblem = problem?.at("/initial_data") ?? problem?.at("/changes");

  const confirm = () => {
    if (!draft.value || rerun.isPending || rerun.isSuccess) return;
    const request = rerunRequest(original, draft.value, reason);
    const { thread_id, run_name, root_thread_id, sop_name, sop } = metadata;
    rerun.mutate({
      of: { thread_id, run_name, root_thread_id, sop_name, sop_title: sopTitle(sop) },
      request,
      key: keyFor(request),
    });
  };
  const confirmByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      confirm();
    }
  };

  return (
    <form
      className="flex min-h-0 flex-col"
      onKeyDown={confirmByKey}
      onSubmit={(event) => {
        event.preventDefault();
        confirm();
      }}
    >
      <DialogBody>
        <JsonEditor label="Initial data" text={text} onChange={setText} error={inputProblem} />
        <section aria-live="polite">
          <div className="mb-1.5 flex items-baseline justify-between">
            <h3 className="text-[0.8125rem] font-medium">Difference to the original</h3>
            {changes.length > 0 && (
              <button
                type="button"
                onClick={() => setText(draftOf(original))}
                className="text-xs font-medium text-ink-faint hover:text-accent"
              >
                Put the original back
              </button>
            )}
          </div>
          {changes.length > 0 ? (
            <ChangesTable changes={changes} />
          ) : (
            <p className="text-[0.8125rem] text-ink-faint">None: the same input, digit for digit.</p>
          )}
        </section>
        <Field label="Reason" optional hint="Kept in the audit trail." error={problem?.at("/reason")}>
          {(ids) => (
            <TextInput
              {...ids}
              value={reason}
              maxLength={2000}
              placeholder="For instance: the customer sent the right order number"
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
      </DialogBody>
      <DialogFooter>
        {problem && inputProblem === undefined && (
          <p role="alert" className="mr-auto min-w-0 grow basis-60 text-[0.8125rem] break-words text-bad">
            {problem.detail}{" "}
            {problem.type === "run-not-found" && (
              <Link to="/runs" className="underline">
                Back to the list
              </Link>
            )}
          </p>
        )}
        <Button onClick={onCancel} disabled={rerun.isPending}>
          Cancel
        </Button>
        <Button
          type="submit"
          look="primary"
          busy={rerun.isPending || rerun.isSuccess}
          disabled={!draft.value}
          icon={<RotateCcw aria-hidden />}
        >
          {rerun.isPending ? "Starting the rerun" : changes.length > 0 ? "Rerun with changes" : "Rerun"}
          <kbd className="ml-1 font-sans text-xs opacity-75 max-md:hidden">{COMMAND_KEY}↵</kbd>
        </Button>
      </DialogFooter>
    </form>
  );
}
