/** The list's text filters. */
import { X } from "lucide-react";
import type { ReactNode } from "react";
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
        <Chip label="Show all families" onRemove={() => onChange({ root: undefined })}>
          Family of <code className="max-w-40 truncate font-mono text-xs">{search.root}</code>
        </Chip>
      )}
      {search.signature && (
        <Chip
          label="Show runs whatever failed in them"
          onRemove={() => onChange({ signature: undefined, failed: undefined })}
        >
          <span className="max-w-80 min-w-0 truncate" title={search.signature}>
            {search.failed ? `${search.failed} failed` : "Failed"}: {search.signature}
          </span>
        </Chip>
      )}
      {search.open === "yes" && (
        <Chip
          label="Show fixed and dismissed failures as well"
          onRemove={() => onChange({ open: undefined })}
        >
          Open failures
        </Chip>
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

interface ChipProps {
  /** Of the button that takes the filter away. */
  label: string;
  onRemove: () => void;
  children: ReactNode;
}

function Chip({ label, onRemove, children }: ChipProps) {
  return (
    <span className="inline-flex h-9 max-w-full min-w-0 items-center gap-1 rounded-lg bg-accent-soft pr-1.5 pl-3 text-[0.8125rem] text-accent">
      {children}
      <button type="button" aria-label={label} className="rounded p-1 hover:bg-hover" onClick={onRemove}>
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  );
}
