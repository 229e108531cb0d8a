/** The form of a new run, with what it would begin with beside it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Button } from "@/components/button";
import { Field, TextInput } from "@/components/field";
import { JsonEditor } from "@/components/json-editor";
import { Notice } from "@/components/notice";
import { ProblemNotice } from "@/components/problem-notice";
import { Unsaved } from "@/components/unsaved";
import { type Skill, type Sop, type StartRequest, startRun } from "@/lib/api";
import { draftOf, readDraft } from "@/lib/json-draft";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { runKeys } from "@/queries/runs";
import { ExamplePicker } from "./example-picker";
import { FirstChoicePanel } from "./first-choice-panel";
import { badMore, MoreFields } from "./more-fields";
import { Needs } from "./needs";
import { SopField } from "./sop-field";
import { SopPicker } from "./sop-picker";
import { isEdited, requestOf, type StartDraft, withPlaces } from "./start-draft";
import { useFirstChoice } from "./use-first-choice";

interface StartFormProps {
  sops: Sop[];
  skills: Skill[];
  /** Name of the chosen SOP; none: the text is written here. */
  chosen: string | undefined;
  example: number | undefined;
  /** What the form begins with. */
  first: StartDraft;
  /** The model of the server; null: none is set, undefined: not known yet. */
  model: string | null | undefined;
  onChoose: (search: { sop?: string; example?: number }) => void;
  onEditCopy: (draft: StartDraft) => void;
  onStarted: (threadId: string) => void;
}

export function StartForm({ sops, skills, chosen, example, first, model, ...on }: StartFormProps) {
  const sop = sops.find(({ name }) => name === chosen);
  const note = example === undefined ? undefined : sop?.examples[example]?.note;
  const [begun] = useState(first);
  const [draft, setDraft] = useState(begun);
  const [touched, setTouched] = useState(false);
  const keyFor = useRequestKey();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: (request: StartRequest) => startRun(request, keyFor(request)),
    onSuccess: ({ thread_id }) => {
      void queries.invalidateQueries({ queryKey: runKeys.all });
      on.onStarted(thread_id);
    },
  });
  const change = (part: Partial<StartDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    // What the server said was of what stood here before.
    if (start.isError) start.reset();
  };
  const data = readDraft(draft.text).value;
  const request = requestOf(draft, sop);
  const shown = useFirstChoice(request);
  // The same checks as when it is started: what is wrong is said before.
  const problem = start.isError ? asApiError(start.error) : shown.error;
  const lacksSop = !sop && draft.sop.trim() === "";
  const sopProblem =
    problem?.at("/sop") ??
    problem?.at("/sop_name") ??
    (touched && lacksSop ? "Write what is to be done, or choose a procedure." : undefined);
  const placed =
    problem && (sopProblem ?? problem.at("/initial_data") ?? problem.at("/run_name") ?? badMore(problem));

  const submit = () => {
    setTouched(true);
    if (!request || start.isPending || start.isSuccess) return;
    start.mutate(request);
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      submit();
    }
  };

  return (
    <>
      <Unsaved typed={isEdited(draft, begun)} />
      <form
        className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_1fr]"
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
          <SopPicker
            sops={sops}
            chosen={sop?.name}
            onChoose={(next) => on.onChoose(next ? { sop: next } : {})}
          />
          <SopField
            sop={sop}
            written={draft.sop}
            error={sopProblem}
            onWrite={(text) => change({ sop: text })}
            onEditCopy={() => on.onEditCopy({ ...draft, sop: sop?.sop ?? "" })}
          />
          <JsonEditor
            label="Initial data"
            hint="A JSON object. Numbers keep every digit."
            text={draft.text}
            onChange={(text) => change({ text })}
            error={problem?.at("/initial_data")}
          />
          {shown.choice && data && (
            <Needs
              needs={shown.choice.needs}
              data={data}
              onAdd={(paths) => change({ text: draftOf(withPlaces(data, paths)) })}
            />
          )}
          {note && <p className="-mt-3 text-[0.8125rem] text-ink-soft">{note}</p>}
          <Field label="Run name" optional error={problem?.at("/run_name")}>
            {(ids) => (
              <TextInput
                {...ids}
                value={draft.name}
                maxLength={200}
                placeholder={sop ? `${sop.title} A-1001` : "How people will find it"}
                onChange={(event) => change({ name: event.target.value })}
              />
            )}
          </Field>
          <MoreFields {...{ draft, skills, model, problem }} onChange={change} />
        </div>
        <aside className="max-lg:contents lg:space-y-4 lg:row-span-2">
          <FirstChoicePanel shown={shown} isEmpty={lacksSop} />
          <div className="max-lg:order-first">
            <ExamplePicker sops={sops} chosen={sop?.name} example={example} onChoose={on.onChoose} />
          </div>
          {model === null && draft.model.trim() === "" && (
            <Notice kind="info" title="No model is set">
              <span className="text-[0.8125rem] text-ink-soft">
                Procedures run without one, as long as they take no skill that needs a model. To set one,
                start the server with <code className="font-mono text-xs">ASF_MODEL</code>, for instance{" "}
                <code className="font-mono text-xs">openai:gpt-5</code>.
              </span>
            </Notice>
          )}
        </aside>
        <div className="min-w-0 space-y-6">
          {problem && !placed && <ProblemNotice error={problem} />}
          <div className="flex justify-end">
            <Button
              type="submit"
              look="primary"
              icon={<Play aria-hidden />}
              busy={start.isPending || start.isSuccess}
              disabled={!data || readDraft(draft.metadata).error !== null}
              title="⌘ or Ctrl and Enter"
            >
              Start run
            </Button>
          </div>
        </div>
      </form>
    </>
  );
}
