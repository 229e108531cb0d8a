/** The form of a policy, with its rule in words beside it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "@/components/button";
import { CheckBox } from "@/components/check-box";
import { Field, TextInput } from "@/components/field";
import { JsonEditor } from "@/components/json-editor";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { Radios } from "@/features/rerun/radios";
import { createPolicy, editPolicy, type Policy, type PolicyRequest } from "@/lib/api/policies";
import { asApiError } from "@/lib/problem";
import { useRequestKey } from "@/lib/request-key";
import { policyKeys } from "@/queries/policies";
import { skillListOptions, sopsOptions } from "@/queries/skills";
import { type PolicyDraft, policyRequest, ruleOf } from "./draft";
import { ErrorTypes } from "./error-types-choice";
import { PaceFields } from "./pace-fields";
import { HOW, type How, policyLimits, policySentence } from "./sentence";

interface PolicyFormProps {
  first: PolicyDraft;
  /** The policy to change; none: a new one. */
  id?: string;
  onSaved: (policy: Policy) => void;
  onCancel: () => void;
}

const AS_IT_WAS = "as-it-was";
const WAYS: { value: How | typeof AS_IT_WAS; word: string; meaning: string }[] = (
  Object.keys(HOW) as How[]
).map((value) => ({ value, word: HOW[value].word, meaning: HOW[value].meaning }));

export function PolicyForm({ first, id, onSaved, onCancel }: PolicyFormProps) {
  const [draft, setDraft] = useState(first);
  const [touched, setTouched] = useState(false);
  const keyFor = useRequestKey();
  const queries = useQueryClient();
  const request = policyRequest(draft);
  const save = useMutation({
    mutationFn: (asked: PolicyRequest) =>
      id === undefined ? createPolicy(asked, keyFor(asked)) : editPolicy(id, asked),
    onSuccess: (policy) => {
      void queries.invalidateQueries({ queryKey: policyKeys.all });
      onSaved(policy);
    },
  });
  const change = (part: Partial<PolicyDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    // What the server said was about what stood here before.
    if (save.isError) save.reset();
  };
  const problem = save.isError ? asApiError(save.error) : null;
  const placed = problem?.errors.some(({ pointer }) => PLACED.some((place) => pointer.startsWith(place)));
  const submit = () => {
    setTouched(true);
    if (request && !save.isPending && !save.isSuccess) save.mutate(request);
  };
  const submitByKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form
      noValidate
      className="grid max-w-5xl grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-2"
      onKeyDown={submitByKey}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="min-w-0 space-y-5">
        <Field
          label="Name"
          error={
            problem?.at("/name") ?? (touched && draft.name.trim() === "" ? "What people call it." : undefined)
          }
        >
          {(ids) => (
            <TextInput
              {...ids}
              value={draft.name}
              maxLength={200}
              placeholder="Orders try again"
              onChange={(event) => change({ name: event.target.value })}
            />
          )}
        </Field>
        <WhichRuns draft={draft} onChange={change} error={(pointer) => problem?.at(pointer)} />
        <Radios
          label="How it reruns"
          options={
            draft.how === null
              ? [
                  { value: AS_IT_WAS, word: "As it was saved", meaning: "A mixture that has no name" },
                  ...WAYS,
                ]
              : WAYS
          }
          chosen={draft.how ?? AS_IT_WAS}
          onChoose={(how) => change({ how: how === AS_IT_WAS ? null : how })}
          error={problem?.at("/rerun")}
        />
        <p className="-mt-2 text-xs text-ink-faint">
          Effects that have happened are never repeated by a policy.
        </p>
        <ErrorTypes
          onlySome={draft.onlySome}
          chosen={draft.errorTypes}
          onChange={change}
          error={
            problem?.at("/error_types") ??
            (touched && draft.onlySome && draft.errorTypes.length === 0 ? "Choose at least one." : undefined)
          }
        />
      </div>
      <div className="min-w-0 space-y-5">
        <Sentence draft={draft} />
        <PaceFields draft={draft} onChange={change} error={(pointer) => problem?.at(pointer)} />
        <CheckBox
          checked={draft.manualToo}
          onChange={(manualToo) => change({ manualToo })}
          meaning="Otherwise only first runs, and this policy's own reruns, are retried"
        >
          Also reruns that people asked for
        </CheckBox>
        {problem && !placed && <ProblemNotice error={problem} />}
        {touched && !request && (
          <p role="alert" className="text-[0.8125rem] text-bad">
            Something is missing or can't be read.
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onCancel} disabled={save.isPending}>
            Cancel
          </Button>
          <Button
            type="submit"
            look="primary"
            icon={<RotateCcw aria-hidden />}
            busy={save.isPending || save.isSuccess}
          >
            {id === undefined ? "Create policy" : "Save"}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** The rule as it stands in the form, in words. */
function Sentence({ draft }: { draft: PolicyDraft }) {
  const rule = ruleOf(draft);
  return (
    <Panel title="In words">
      <div aria-live="polite" data-sentence className="space-y-1.5 px-5 py-4 max-md:px-4">
        {rule ? (
          <>
            <p className="font-medium break-words">{policySentence(rule)}</p>
            {policyLimits(rule).map((limit) => (
              <p key={limit} className="text-[0.8125rem] text-ink-soft">
                {limit}
              </p>
            ))}
          </>
        ) : (
          <p className="text-[0.8125rem] text-ink-faint">It stands here as soon as all of it can be read.</p>
        )}
      </div>
    </Panel>
  );
}

interface WhichRunsProps {
  draft: PolicyDraft;
  onChange: (part: Partial<PolicyDraft>) => void;
  error: (pointer: string) => string | undefined;
}

function WhichRuns({ draft, onChange, error }: WhichRunsProps) {
  const [sopList, skillList] = [useId(), useId()];
  const sops = useQuery(sopsOptions).data?.items ?? [];
  const skills = useQuery(skillListOptions).data?.items ?? [];
  return (
    <fieldset className="min-w-0 space-y-4">
      <legend className="mb-1.5 text-[0.8125rem] font-medium">
        Which failed runs <span className="font-normal text-ink-faint">all that is given must hold</span>
      </legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Of the SOP" optional error={error("/matches/sop_name")}>
          {(ids) => (
            <>
              <TextInput
                {...ids}
                list={sopList}
                value={draft.sopName}
                maxLength={200}
                placeholder="any"
                onChange={(event) => onChange({ sopName: event.target.value })}
              />
              <datalist id={sopList}>
                {sops.map(({ name, title }) => (
                  <option key={name} value={name}>
                    {title}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label="Where this skill failed" optional error={error("/matches/skill")}>
          {(ids) => (
            <>
              <TextInput
                {...ids}
                list={skillList}
                value={draft.skill}
                maxLength={200}
                placeholder="any"
                onChange={(event) => onChange({ skill: event.target.value })}
              />
              <datalist id={skillList}>
                {skills.map(({ name }) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      </div>
      <JsonEditor
        label="With these labels"
        hint="A JSON object that the run's metadata contains. An empty one: any."
        text={draft.metadata}
        onChange={(metadata) => onChange({ metadata })}
        error={error("/matches/metadata")}
      />
    </fieldset>
  );
}

const PLACED = [
  "/name",
  "/matches/sop_name",
  "/matches/skill",
  "/matches/metadata",
  "/rerun",
  "/error_types",
  "/attempts",
  "/backoff/",
  "/family_cap",
  "/window_cap",
  "/breaker",
];
