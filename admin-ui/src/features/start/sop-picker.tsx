/** Chooses between the named procedures and one's own. */
import { Field } from "@/components/field";
import type { Sop } from "@/lib/api";

interface SopPickerProps {
  sops: Sop[];
  chosen: string | undefined;
  onChoose: (name: string | undefined) => void;
}

export function SopPicker({ sops, chosen, onChoose }: SopPickerProps) {
  return (
    <Field label="Which procedure?">
      {(ids) => (
        <select
          {...ids}
          value={chosen ?? ""}
          onChange={(event) => onChoose(event.target.value || undefined)}
          className="h-9 w-full rounded-lg border bg-surface px-3 text-ink shadow-card hover:border-line-strong/60"
        >
          <option value="">Write my own</option>
          {sops.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
