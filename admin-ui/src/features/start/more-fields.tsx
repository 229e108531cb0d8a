/** What few runs need: which skills may be used, the model, limits, who goes first, metadata. */
import { useState } from "react";
import { Field, TextArea, TextInput } from "@/components/field";
import { Select } from "@/components/select";
import { Section } from "@/features/rerun/section";
import type { Skill } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { readDraft } from "@/lib/json-draft";
import type { ApiError } from "@/lib/problem";
import { LIMITS, type Limit, type StartDraft } from "./start-draft";

const LIMIT: Record<Limit, string> = {
  steps: "Steps",
  seconds: "Seconds of work",
  tokens: "Tokens",
  money: "US dollars",
};

interface MoreFieldsProps {
  draft: StartDraft;
  skills: Skill[];
  /** The model of the server; null: none is set. */
  model: string | null | undefined;
  problem: ApiError | null;
  onChange: (part: Partial<StartDraft>) => void;
}

export function MoreFields({ draft, skills, model, problem, onChange }: MoreFieldsProps) {
  // Opened by an error it stays open: whoever mends one field goes on to the next.
  const [opened, setOpened] = useState(false);
  if (!opened && problem && badMore(problem)) setOpened(true);
  return (
    <Section title="More" chosen={chosenOf(draft)} open={opened}>
      <SkillsChoice {...{ draft, skills, onChange }} error={problem?.at("/skills")} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Model"
          optional
          hint="With a model, it decides what comes next; without one the skills run as soon as they can."
          error={problem?.at("/model")}
        >
          {(ids) => (
            <TextInput
              {...ids}
              value={draft.model}
              maxLength={200}
              autoComplete="off"
              placeholder={model ?? "none, or such as openai:gpt-5"}
              onChange={(event) => onChange({ model: event.target.value })}
            />
          )}
        </Field>
        <Field label="Who goes first" error={problem?.at("/priority")}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.priority}
              onChange={(event) => onChange({ priority: event.target.value as StartDraft["priority"] })}
            >
              <option value="">As usual</option>
              <option value="batch">Others go first</option>
            </Select>
          )}
        </Field>
      </div>
      <fieldset>
        <legend className="mb-1.5 text-[0.8125rem] font-medium">
          Limits <span className="font-normal text-ink-faint">beyond them the run fails</span>
        </legend>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {LIMITS.map((name) => (
            <Field key={name} label={LIMIT[name]} error={problem?.at(`/limits/${name}`)}>
              {(ids) => (
                <TextInput
                  {...ids}
                  inputMode="decimal"
                  placeholder="none"
                  value={draft.limits[name]}
                  onChange={(event) => onChange({ limits: { ...draft.limits, [name]: event.target.value } })}
                />
              )}
            </Field>
          ))}
        </div>
      </fieldset>
      <Field
        label="Metadata"
        optional
        hint="A JSON object that the list of runs can be filtered by. Skills do not see it."
        error={readDraft(draft.metadata).error ?? problem?.at("/metadata")}
      >
        {(ids) => (
          <TextArea
            {...ids}
            className="font-mono text-xs"
            rows={Math.min(8, Math.max(2, draft.metadata.split("\n").length))}
            value={draft.metadata}
            placeholder={'{"team": "refunds"}'}
            spellCheck={false}
            onChange={(event) => onChange({ metadata: event.target.value })}
          />
        )}
      </Field>
    </Section>
  );
}

function chosenOf({ skills, model, priority, limits, metadata }: StartDraft): string {
  const said = [
    skills.length > 0 ? `only ${skills.join(", ")}` : "",
    model.trim(),
    priority === "batch" ? "others first" : "",
    LIMITS.some((name) => limits[name].trim() !== "") ? "with limits" : "",
    metadata.trim() === "" ? "" : "with metadata",
  ].filter(Boolean);
  return said.length > 0 ? said.join(" · ") : "skills, model, limits";
}

/** Whether the server complains about something in here. */
export function badMore(problem: ApiError): string | undefined {
  return ["/skills", "/model", "/priority", "/limits", "/metadata"].map((at) => problem.at(at)).find(Boolean);
}

interface SkillsChoiceProps {
  draft: StartDraft;
  skills: Skill[];
  error: string | undefined;
  onChange: (part: Partial<StartDraft>) => void;
}

function SkillsChoice({ draft, skills, error, onChange }: SkillsChoiceProps) {
  const names = [...new Set([...skills.map(({ name }) => name), ...draft.skills])];
  return (
    <fieldset>
      <legend className="mb-1.5 text-[0.8125rem] font-medium">
        Only these skills{" "}
        <span className="font-normal text-ink-faint">
          {draft.skills.length === 0 ? "none chosen: all may be used" : `${draft.skills.length} chosen`}
        </span>
      </legend>
      <div className="flex max-h-36 flex-wrap gap-1.5 overflow-y-auto">
        {names.map((name) => {
          const on = draft.skills.includes(name);
          return (
            <button
              key={name}
              type="button"
              aria-pressed={on}
              onClick={() =>
                onChange({
                  skills: on ? draft.skills.filter((other) => other !== name) : [...draft.skills, name],
                })
              }
              className={cx(
                "h-7 rounded-md border px-2 text-xs font-medium transition-colors",
                on ? "border-accent bg-accent-soft text-accent" : "text-ink-soft hover:bg-hover",
              )}
            >
              {name}
            </button>
          );
        })}
      </div>
      {error && (
        <p role="alert" className="mt-1.5 text-[0.8125rem] text-bad">
          {error}
        </p>
      )}
    </fieldset>
  );
}
