/** What somebody types or chooses, once that pauses. */
import { useEffect, useRef, useState } from "react";

/** The pause after which a form asks the server what would come of it. */
export const FORM_PAUSE_MS = 300;

/** `text` stands for a value that is another object each time. */
export function useSettled<T>(value: T, text: unknown = value, ms = 200): T {
  const [settled, setSettled] = useState(value);
  const latest = useRef(value);
  latest.current = value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the value
  useEffect(() => {
    const timer = setTimeout(() => setSettled(latest.current), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}
