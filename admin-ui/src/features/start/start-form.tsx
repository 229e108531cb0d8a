/** The form of a new run. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Button } from "@/components/button";
import { Field, TextArea, TextInput } from "@/components/field";
import { JsonEditor } from "@/components/json-editor";
import { Markdown } from "@/components/markdown";
import { Notice } from "@/components/notice";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { type Sop, type StartRequest, startRun } from "@/lib/api";
import type { JsonObject } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { runKeys } from "@/queries/runs";
import { ExamplePicker } from "./example-picker";
import { SopPicker } from "./sop-picker";

interface StartFormProps {
  sops: Sop[];
  /** Name of the chosen SOP; none: the text is written here. */
  chosen: string | undefined;
  example: number | undefined;
  withoutModel: boolean;
  onChoose: (search: { sop?: string; example?: number }) => void;
  onStarted: (threadId: string) => void;
}

export function StartForm({ sops, chosen, example, withoutModel, onChoose, onStarted }: StartFormProps) {
  const sop = sops.find(({ name }) => name === chosen);
  const picked = example === undefined ? undefined : sop?.examples[example];
  const [written, setWritten] = useState("");
  const [text, setText] = useState(() => draftOf((picked?.initial_data ?? {}) as JsonObject));
  const [name, setName] = useState("");
  const [touched, setTouched] = useState(false);
  const keyFor = useRequestKey();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: (request: StartRequest) => startRun(request, keyFor(request)),
    onSuccess: ({ thread_id }) => {
      void queries.invalidateQueries({ queryKey: runKeys.all });
      onStarted(thread_id);
    },
  });
  const draft = readDraft(text);
  const problem = start.isError ? asApiError(start.error) : null;
  const sopProblem =
    problem?.at("/sop") ??
    problem?.at("/sop_name") ??
    (touched && !sop && written.trim() === ""
      ? "Write what is to be done, or choose a procedure."
      : undefined);
  const placed = problem && (sopProblem ?? problem.at("/initial_data") ?? problem.at("/run_name"));

  const submit = () => {
    setTouched(true);
    if (!draft.value || (!sop && written.trim() === "") || start.isPending || start.isSuccess) return;
    start.mutate({
      ...(sop ? { sop_name: sop.name } : { sop: written }),
      initial_data: draft.value,
      ...(name.trim() === "" ? {} : { run_name: name.trim() }),
    });
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      submit();
    }
  };

  return (
    <form
      className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]"
      noValidate
      onKeyDown={submitByKey}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="min-w-0 space-y-6">
        {chosen !== undefined && !sop && (
          <Notice kind="wait" title={`There is no procedure named ${chosen}`}>
            Choose another one, or write your own.
          </Notice>
        )}
        <SopPicker sops={sops} chosen={sop?.name} onChoose={(next) => onChoose(next ? { sop: next } : {})} />
        {sop ? (
          <>
            <Panel title="Procedure">
              <div className="max-h-96 overflow-y-auto p-5 max-md:p-4">
                <Markdown text={sop.sop} />
              </div>
            </Panel>
            {sopProblem && <Notice kind="bad" title={sopProblem} />}
          </>
        ) : (
          <Field label="Procedure" hint="Plain language. Name the skills that it takes." error={sopProblem}>
            {(ids) => (
              <TextArea
                {...ids}
                rows={9}
                value={written}
                placeholder={"# Refund an order\n\nFetch order, check refund policy, then pay refund."}
                onChange={(event) => setWritten(event.target.value)}
              />
            )}
          </Field>
        )}
        <JsonEditor
          label="Initial data"
          hint="A JSON object. Numbers keep every digit."
          text={text}
          onChange={setText}
          error={problem?.at("/initial_data")}
        />
        {picked?.note && <p className="-mt-3 text-[0.8125rem] text-ink-soft">{picked.note}</p>}
        <Field label="Run name" optional error={problem?.at("/run_name")}>
          {(ids) => (
            <TextInput
              {...ids}
              value={name}
              maxLength={200}
              placeholder={sop ? `${sop.title} A-1001` : "How people will find it"}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {problem && !placed && <ProblemNotice error={problem} />}
        <div className="flex justify-end">
          <Button
            type="submit"
            look="primary"
            icon={<Play aria-hidden />}
            busy={start.isPending || start.isSuccess}
            disabled={!draft.value}
          >
            Start run
          </Button>
        </div>
      </div>
      <aside className="space-y-4 max-lg:contents">
        <div className="max-lg:order-first">
          <ExamplePicker sops={sops} chosen={sop?.name} example={example} onChoose={onChoose} />
        </div>
        {withoutModel && (
          <Notice kind="info" title="No model is set">
            <span className="text-[0.8125rem] text-ink-soft">
              Procedures run without one, as long as they take no skill that needs a model. To set one, start
              the server with <code className="font-mono text-xs">ASF_MODEL</code>, for instance{" "}
              <code className="font-mono text-xs">openai:gpt-5</code>.
            </span>
          </Notice>
        )}
      </aside>
    </form>
  );
}
