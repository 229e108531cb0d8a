/** The list's text filters. */
import { X } from "lucide-react";
import { FilterInput } from "@/components/filter-input";
import { dataFilter, hasFilter, type RunSearch } from "./run-search";

interface RunFiltersProps {
  search: RunSearch;
  onChange: (change: Partial<RunSearch>) => void;
  onClear: () => void;
}

export function RunFilters({ search, onChange, onClear }: RunFiltersProps) {
  const badData = search.data !== undefined && dataFilter(search.data) === null;
  return (
    <search className="flex flex-wrap items-start gap-2">
      <FilterInput
        label="Name or id"
        placeholder="Name or id starts with…"
        icon
        value={search.name}
        onChange={(name) => onChange({ name })}
      />
      <FilterInput
        label="Words in the SOP"
        placeholder="Words in the SOP"
        value={search.q}
        onChange={(q) => onChange({ q })}
      />
      <FilterInput
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
