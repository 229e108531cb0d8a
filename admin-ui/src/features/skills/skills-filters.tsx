/** Narrows the catalogue: words, how skills are carried out, those with problems. */
import { CircleAlert } from "lucide-react";
import { Choices } from "@/components/choices";
import { FilterInput } from "@/components/filter-input";
import { cx } from "@/lib/class-names";
import type { CatalogueRow, SkillsSearch } from "./catalogue";
import { EXECUTORS } from "./labels";

interface SkillsFiltersProps {
  rows: CatalogueRow[];
  search: SkillsSearch;
  onChange: (part: Partial<SkillsSearch>) => void;
}

export function SkillsFilters({ rows, search, onChange }: SkillsFiltersProps) {
  const kinds = [...new Set(rows.map(({ skill }) => skill.executor))].sort();
  const troubled = rows.filter(({ problems }) => problems.length > 0).length;
  return (
    <search className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
      <FilterInput
        label="Search skills"
        placeholder="Name or data path"
        icon
        value={search.q}
        onChange={(q) => onChange({ q })}
      />
      <Choices
        label="Kind"
        all
        choices={kinds.map((value) => ({
          value,
          word: value,
          meaning: EXECUTORS[value]?.meaning,
          count: rows.filter(({ skill }) => skill.executor === value).length,
        }))}
        chosen={search.kind ? [search.kind] : []}
        onToggle={(kind) => onChange({ kind: kind && kind !== search.kind ? kind : undefined })}
      />
      {(troubled > 0 || search.only === "problems") && (
        <button
          type="button"
          aria-pressed={search.only === "problems"}
          onClick={() => onChange({ only: search.only === "problems" ? undefined : "problems" })}
          className={cx(
            "inline-flex h-8 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium transition-colors md:ml-auto",
            search.only === "problems"
              ? "bg-wait-soft text-wait"
              : "text-ink-soft hover:bg-hover hover:text-ink",
          )}
        >
          <CircleAlert className="size-4" aria-hidden /> With problems
          <span className="text-xs font-normal tabular">{troubled}</span>
        </button>
      )}
    </search>
  );
}
