/** Tries a skill alone: a recorded run of its own, on values that are typed or taken from an earlier run. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Braces, FlaskConical } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { Button } from "@/components/button";
import { JsonEditor } from "@/components/json-editor";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { collect } from "@/features/waits/form-fields";
import { FormInputs } from "@/features/waits/form-inputs";
import { type SkillDetail, startRun } from "@/lib/api";
import type { JsonObject } from "@/lib/json";
import { draftOf, readDraft } from "@/lib/json-draft";
import { useActionKey } from "@/lib/request-key";
import { runKeys } from "@/queries/runs";
import { TryEffects } from "./try-effects";
import { tryFields } from "./try-fields";

interface TryFormProps {
  skill: SkillDetail;
  /** What it is filled in with. */
  known: JsonObject;
  /** Why it can't be tried, in words. */
  not?: string;
  onStarted: (threadId: string) => void;
}

/** Give it another key for other values. */
export function TryForm({ skill, known, not, onStarted }: TryFormProps) {
  const fields = tryFields(skill, known);
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [json, setJson] = useState<string | null>(fields.length === 0 ? draftOf(known) : null);
  const [touched, setTouched] = useState(false);
  const [agreed, setAgreed] = useState(false);
  const key = useActionKey();
  const queries = useQueryClient();
  const typed = json === null ? collect(fields, texts, {}, true) : null;
  const draft = json === null ? null : readDraft(json);
  const outside = skill.effects !== "none" || skill.contract.says_effects === false;
  const start = useMutation({
    mutationFn: (initial_data: JsonObject) =>
      startRun(
        {
          sop: `Try the skill ${skill.name} alone.`,
          skills: [skill.name],
          initial_data,
          run_name: `Try: ${skill.name}`,
        },
        key.of(initial_data),
      ),
    onSuccess: ({ thread_id }) => onStarted(thread_id),
    onSettled: (_, error) => {
      key.settled(error);
      void queries.invalidateQueries({ queryKey: runKeys.lists });
    },
  });

  const submit = () => {
    setTouched(true);
    if (not || start.isPending || (outside && !agreed)) return;
    if (draft) {
      if (draft.value) start.mutate(draft.value);
    } else if (typed && Object.keys(typed.errors).length === 0) start.mutate(typed.data);
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    submit();
  };
  return (
    <Panel
      title="What it is tried with"
      aside={
        json === null && (
          <Button
            look="ghost"
            size="sm"
            icon={<Braces aria-hidden />}
            onClick={() => setJson(draftOf(typed?.data ?? {}))}
          >
            As JSON
          </Button>
        )
      }
    >
      <form
        noValidate
        className="space-y-5 p-5 max-md:p-4"
        onKeyDown={submitByKey}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {json === null ? (
          <FormInputs
            fields={fields}
            texts={texts}
            errors={touched ? (typed?.errors ?? {}) : {}}
            onChange={(name, text) => setTexts((now) => ({ ...now, [name]: text }))}
          />
        ) : (
          <JsonEditor
            label="Initial data"
            hint="What the run starts from. Numbers keep every digit."
            text={json}
            onChange={setJson}
          />
        )}
        {outside && <TryEffects skill={skill} agreed={agreed} onAgree={setAgreed} />}
        {start.isError && <ProblemNotice error={start.error} />}
        <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
          <p className="mr-auto text-xs text-ink-faint">
            {not ?? "It becomes a run of its own, recorded like any other."}
          </p>
          <Button
            type="submit"
            look="primary"
            icon={<FlaskConical aria-hidden />}
            busy={start.isPending}
            disabled={not !== undefined || (outside && !agreed) || draft?.value === null}
          >
            Try it
          </Button>
        </div>
      </form>
    </Panel>
  );
}
