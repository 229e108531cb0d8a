/** The inputs of a form. */
import { Field, TextArea, TextInput } from "@/components/field";
import { cx } from "@/lib/class-names";
import { type Json, writeJson } from "@/lib/json";
import type { FormField } from "./form-fields";

interface FormInputsProps {
  fields: FormField[];
  texts: Record<string, string>;
  errors: Record<string, string>;
  onChange: (name: string, text: string) => void;
}

export function FormInputs({ fields, texts, errors, onChange }: FormInputsProps) {
  return (
    <div className="grid items-start gap-4 md:grid-cols-2">
      {fields.map((field) => {
        const name = field.path.join(".");
        return (
          <Input
            key={name}
            field={field}
            text={texts[name] ?? field.initial}
            error={errors[name]}
            onChange={(text) => onChange(name, text)}
          />
        );
      })}
    </div>
  );
}

interface InputProps {
  field: FormField;
  text: string;
  error: string | undefined;
  onChange: (text: string) => void;
}

function Input({ field, text, error, onChange }: InputProps) {
  return (
    <Field label={field.label} hint={field.hint} error={error} optional={!field.required}>
      {(ids) => {
        if (field.kind === "choice")
          return <Choice {...ids} choices={field.choices} text={text} onChange={onChange} />;
        if (field.kind === "yes-no") {
          return <Choice {...ids} choices={[true, false]} text={text} onChange={onChange} />;
        }
        if (field.kind === "long" || field.kind === "json") {
          return (
            <TextArea
              {...ids}
              value={text}
              spellCheck={field.kind === "long"}
              rows={Math.min(12, Math.max(3, text.split("\n").length))}
              className={cx(field.kind === "json" && "font-mono text-xs")}
              onChange={(event) => onChange(event.target.value)}
            />
          );
        }
        return (
          <TextInput
            {...ids}
            value={text}
            inputMode={field.kind === "number" ? "decimal" : undefined}
            className={cx(field.kind === "number" && "font-mono text-[0.8125rem]")}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}

interface ChoiceProps {
  id: string;
  choices: Json[];
  text: string;
  onChange: (text: string) => void;
}

function wordFor(choice: Json): string {
  if (choice === true) return "Yes";
  if (choice === false) return "No";
  return typeof choice === "string" ? choice : writeJson(choice);
}

function Choice({ id, choices, text, onChange, ...described }: ChoiceProps) {
  return (
    <div id={id} role="radiogroup" className="flex flex-wrap gap-2" {...described}>
      {choices.map((choice) => {
        const value = writeJson(choice);
        return (
          <label
            key={value}
            className="flex h-9 cursor-pointer items-center gap-2 rounded-lg border px-3 text-[0.8125rem] font-medium transition-colors hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-checked:text-accent has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={id}
              value={value}
              checked={text === value}
              onChange={() => onChange(value)}
              className="accent-accent"
            />
            {wordFor(choice)}
          </label>
        );
      })}
    </div>
  );
}
