/** One JSON value as text a person can read; numbers with every digit. */
import { useState } from "react";
import { isNumber, isObject, type Json, writeJson } from "@/lib/json";
import { TableOf, ValueTable } from "./value-table";

const LONG = 280;

export function Value({ value }: { value: Json | undefined }) {
  if (value === undefined) return <span className="text-ink-faint">not there</span>;
  if (value === null) return <span className="font-mono text-[0.8125rem] text-ink-faint">null</span>;
  if (typeof value === "string") return <Text text={value} />;
  if (typeof value === "boolean" || isNumber(value)) {
    return <span className="font-mono text-[0.8125rem] break-all tabular">{String(value)}</span>;
  }
  if (isObject(value)) {
    return Object.keys(value).length === 0 ? <Nothing kind="object" /> : <ValueTable data={value} nested />;
  }
  if (value.length === 0) return <Nothing kind="list" />;
  if (value.every(isObject)) return <TableOf rows={value} />;
  if (value.every((item) => !isObject(item) && !Array.isArray(item))) return <Listed items={value} />;
  return <pre className="font-mono text-xs break-all whitespace-pre-wrap">{writeJson(value, 2)}</pre>;
}

function Nothing({ kind }: { kind: "object" | "list" }) {
  return <span className="text-ink-faint">empty {kind}</span>;
}

function Text({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text === "") return <span className="text-ink-faint">empty text</span>;
  const shown = whole || text.length <= LONG ? text : `${text.slice(0, LONG)}…`;
  return (
    <span className="break-words whitespace-pre-wrap">
      {shown}
      {text.length > LONG && (
        <button
          type="button"
          className="ml-1.5 font-medium text-accent hover:underline"
          onClick={() => setWhole(!whole)}
        >
          {whole ? "Less" : "More"}
        </button>
      )}
    </span>
  );
}

function Listed({ items }: { items: Json[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is shown as it is and never reordered
        <span key={index} className="rounded bg-idle-soft px-1.5 py-0.5">
          <Value value={item} />
        </span>
      ))}
    </span>
  );
}
