/** Which columns the list has, and in which order; run and status are always there. */
import { ChevronDown, ChevronUp, Columns3, Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { CheckBox } from "@/components/check-box";
import { TextInput } from "@/components/field";
import { IconButton } from "@/components/icon-button";
import { Popover } from "@/components/popover";
import { COLUMNS, DEFAULT_COLUMNS, isColumn, labelOf, moved, pathOf } from "./columns";

interface ColumnChooserProps {
  chosen: string[];
  /** Paths of metadata seen in the rows. */
  metadata: string[];
  onChange: (columns: string[]) => void;
}

export function ColumnChooser({ chosen, metadata, onChange }: ColumnChooserProps) {
  const seen = metadata.map((path) => `metadata.${path}`);
  const others = [...Object.keys(COLUMNS), ...seen].filter((column) => !chosen.includes(column));
  return (
    <Popover
      label="Columns"
      trigger={
        <Button icon={<Columns3 aria-hidden />} aria-label="Columns" title="Columns" className="px-2.5" />
      }
    >
      <h2 className="text-[0.8125rem] font-semibold">Columns</h2>
      <p className="mt-0.5 mb-2 text-xs text-ink-faint">Run and status are always there.</p>
      <ul className="space-y-1.5">
        {chosen.map((column, index) => (
          <li key={column} className="flex items-start gap-1">
            <div className="min-w-0 grow">
              <Choice
                column={column}
                on
                onChange={() => onChange(chosen.filter((other) => other !== column))}
              />
            </div>
            <IconButton
              label={`Move ${labelOf(column)} to the front`}
              small
              disabled={index === 0}
              onClick={() => onChange(moved(chosen, column, -1))}
            >
              <ChevronUp aria-hidden />
            </IconButton>
            <IconButton
              label={`Move ${labelOf(column)} to the back`}
              small
              disabled={index === chosen.length - 1}
              onClick={() => onChange(moved(chosen, column, 1))}
            >
              <ChevronDown aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <ul className="mt-3 space-y-1.5 border-t pt-3">
        {others.map((column) => (
          <li key={column}>
            <Choice column={column} on={false} onChange={() => onChange([...chosen, column])} />
          </li>
        ))}
      </ul>
      <OwnColumn onAdd={(column) => !chosen.includes(column) && onChange([...chosen, column])} />
      <Button size="sm" look="ghost" className="mt-2 w-full" onClick={() => onChange(DEFAULT_COLUMNS)}>
        Back to the usual columns
      </Button>
    </Popover>
  );
}

function Choice({ column, on, onChange }: { column: string; on: boolean; onChange: () => void }) {
  const of = pathOf(column)?.of;
  const meaning = of ? (of === "data" ? "From the initial data" : "From the metadata") : undefined;
  return (
    <CheckBox checked={on} onChange={onChange} meaning={meaning ?? COLUMNS[column]?.meaning}>
      {labelOf(column)}
    </CheckBox>
  );
}

function OwnColumn({ onAdd }: { onAdd: (column: string) => void }) {
  const [path, setPath] = useState("");
  const column = /^(data|metadata)\./.test(path.trim()) ? path.trim() : `data.${path.trim()}`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() === "" || !isColumn(column)) return;
    onAdd(column);
    setPath("");
  };
  return (
    <form onSubmit={submit} className="mt-3 flex gap-2 border-t pt-3">
      <TextInput
        size="sm"
        aria-label="Path of a value in the data"
        placeholder="order.id or metadata.team"
        value={path}
        onChange={(event) => setPath(event.target.value)}
        className="min-w-0 font-mono text-xs"
      />
      <Button type="submit" size="sm" icon={<Plus aria-hidden />} disabled={!isColumn(column)}>
        Add
      </Button>
    </form>
  );
}
