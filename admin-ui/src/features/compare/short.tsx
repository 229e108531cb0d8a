/** A value on one line, cut where it is long. */
import { type Json, writeJson } from "@/lib/json";

const LONG = 90;

export function Short({ value }: { value: Json }) {
  if (value === null) return <span className="text-ink-faint">nothing</span>;
  const text = typeof value === "string" ? value : writeJson(value);
  return (
    <span className="min-w-0 break-words" title={text.length > LONG ? text : undefined}>
      {text.length > LONG ? `${text.slice(0, LONG)}…` : text}
    </span>
  );
}
