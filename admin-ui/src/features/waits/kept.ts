/** What was typed into a question stays until it is answered, also while another item is looked at. */
import { useState } from "react";
import type { Waiting } from "@/lib/api";

const kept = new Map<string, Map<string, unknown>>();

/** Tells a question from all others; what was shown belongs to it: when that changes, the form starts afresh. */
export function questionKey(threadId: string, { step, reason, digest }: Waiting): string {
  return `${threadId} ${step} ${reason} ${digest}`;
}

/** State of the form of one question, under a name of its own. */
export function useKept<T>(question: string, name: string, first: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => (kept.get(question)?.get(name) as T | undefined) ?? first);
  const keep = (next: T) => {
    const form = kept.get(question) ?? new Map<string, unknown>();
    kept.set(question, form.set(name, next));
    setValue(next);
  };
  return [value, keep];
}

/** It has been answered, or does not wait any more. */
export function forget(question: string): void {
  kept.delete(question);
}
