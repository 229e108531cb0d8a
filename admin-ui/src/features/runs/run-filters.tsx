/** The list's text filters; what is typed goes to the URL after a short pause. */
import { Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { TextInput } from "@/components/field";
import { cx } from "@/lib/class-names";
import { dataFilter, hasFilter, type RunSearch } from "./run-search";

const PAUSE_MS = 300;

interface RunFiltersProps {
  search: RunSearch;
  onChange: (change: Partial<RunSearch>) => void;
  onClear: () => void;
}

export function RunFilters({ search, onChange, onClear }: RunFiltersProps) {
  const badData = search.data !== undefined && dataFilter(search.data) === null;
  return (
    <search className="flex flex-wrap items-start gap-2">
      <Filter
        label="Name or id"
        placeholder="Name or id starts with…"
        icon
        value={search.name}
        onChange={(name) => onChange({ name })}
      />
      <Filter
        label="Words in the SOP"
        placeholder="Words in the SOP"
        value={search.q}
        onChange={(q) => onChange({ q })}
      />
      <Filter
        label="Initial data, as path=value"
        placeholder="order.id=A-1001"
        mono
        value={search.data}
        onChange={(data) => onChange({ data })}
        error={badData ? "Write path=value, for instance order.id=A-1001" : undefined}
      />
      {search.root && (
        <span className="inline-flex h-9 items-center gap-1 rounded-lg bg-accent-soft pr-1.5 pl-3 text-[0.8125rem] text-accent">
          Family of <code className="max-w-40 truncate font-mono text-xs">{search.root}</code>
          <button
            type="button"
            aria-label="Show all families"
            className="rounded p-1 hover:bg-hover"
            onClick={() => onChange({ root: undefined })}
          >
            <X className="size-3.5" aria-hidden />
          </button>
        </span>
      )}
      {hasFilter(search) && (
        <button
          type="button"
          onClick={onClear}
          className="h-9 px-2 text-[0.8125rem] font-medium text-ink-soft hover:text-accent"
        >
          Clear all
        </button>
      )}
    </search>
  );
}

interface FilterProps {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  error?: string;
  icon?: boolean;
  mono?: boolean;
}

function Filter({ label, placeholder, value, onChange, error, icon, mono }: FilterProps) {
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
        aria-label={label}
        aria-invalid={error ? true : undefined}
        placeholder={placeholder}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={cx("text-[0.8125rem]", icon && "pl-9", mono && "font-mono text-xs")}
      />
      {error && <p className="mt-1 text-xs text-bad">{error}</p>}
    </div>
  );
}
