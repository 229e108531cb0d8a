/** Which two runs are compared: by id, with those that begin so as suggestions. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { Button } from "@/components/button";
import { Field, TextInput } from "@/components/field";
import { runListOptions } from "@/queries/runs";

interface RunPickersProps {
  left: string;
  right: string;
  onChoose: (runs: { left: string; right: string }) => void;
}

export function RunPickers({ left, right, onChoose }: RunPickersProps) {
  const [mine, setMine] = useState(left);
  const [other, setOther] = useState(right);
  const ready = mine.trim() !== "" && other.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onChoose({ left: mine.trim(), right: other.trim() });
  };
  return (
    <form onSubmit={submit} className="mb-5 grid grid-cols-[1fr_1fr_auto] items-end gap-3 max-md:grid-cols-1">
      <RunPicker label="Left run" value={mine} onChange={setMine} />
      <RunPicker label="Right run" value={other} onChange={setOther} />
      <Button type="submit" look="primary" disabled={!ready}>
        Compare
      </Button>
    </form>
  );
}

interface RunPickerProps {
  label: string;
  value: string;
  onChange: (id: string) => void;
}

function RunPicker({ label, value, onChange }: RunPickerProps) {
  const list = useId();
  const runs = useQuery({ ...runListOptions(value ? { name: value } : {}), refetchInterval: false });
  return (
    <Field label={label}>
      {(ids) => (
        <>
          <TextInput
            {...ids}
            list={list}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            placeholder="id of a run, or how it begins"
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-[0.8125rem]"
          />
          <datalist id={list}>
            {runs.data?.items.map((run) => (
              <option key={run.thread_id} value={run.thread_id}>
                {run.run_name}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
