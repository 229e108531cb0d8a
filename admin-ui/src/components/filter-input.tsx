/** A text filter; what is typed goes to the URL after a short pause. */
import { Search } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { cx } from "@/lib/class-names";
import { TextInput } from "./field";

const PAUSE_MS = 300;

interface FilterInputProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  error?: string;
  icon?: boolean;
  mono?: boolean;
  /** What may be typed; other texts are taken as well. */
  suggestions?: string[];
}

export function FilterInput({
  label,
  placeholder,
  value,
  onChange,
  error,
  icon,
  mono,
  suggestions,
}: FilterInputProps) {
  const list = useId();
  const [typed, setTyped] = useState(value ?? "");
  const sent = useRef(value ?? "");
  const change = useRef(onChange);
  change.current = onChange;

  // Back, forward and "Clear all" change the URL from outside.
  useEffect(() => {
    if ((value ?? "") === sent.current) return;
    sent.current = value ?? "";
    setTyped(value ?? "");
  }, [value]);

  useEffect(() => {
    if (typed.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed.trim();
      change.current(typed.trim() === "" ? undefined : typed.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  return (
    <div className="relative w-56 max-md:w-full">
      {icon && (
        <Search aria-hidden className="pointer-events-none absolute top-2.5 left-3 size-4 text-ink-faint" />
      )}
      <TextInput
        type="search"
        list={suggestions ? list : undefined}
        aria-label={label}
        aria-invalid={error ? true : undefined}
        placeholder={placeholder}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={cx("text-[0.8125rem]", icon && "pl-9", mono && "font-mono text-xs")}
      />
      {suggestions && (
        <datalist id={list}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      {error && <p className="mt-1 text-xs text-bad">{error}</p>}
    </div>
  );
}
