/** The filter line with what the server knows, and the time beside it. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import type { RunItem } from "@/lib/api";
import { useShortcut } from "@/lib/shortcut";
import { skillListOptions, sopsOptions } from "@/queries/skills";
import { FilterLine } from "./filter-line";
import { metadataPaths } from "./metadata-paths";
import type { RunSearch } from "./run-search";
import { termsOf, withoutTerm, withTerm } from "./terms";
import { TimeChoice } from "./time-choice";

interface RunsFilterProps {
  search: RunSearch;
  runs: RunItem[];
  onChange: (search: RunSearch) => void;
  onClear: () => void;
}

export function RunsFilter({ search, runs, onChange, onClear }: RunsFilterProps) {
  const field = useRef<HTMLInputElement>(null);
  // Asked when somebody is about to type.
  const [wanted, setWanted] = useState(false);
  const skills = useQuery({ ...skillListOptions, enabled: wanted, refetchInterval: false });
  const sops = useQuery({ ...sopsOptions, enabled: wanted });
  const known = useMemo(
    () => ({
      skills: (skills.data?.items ?? []).map(({ name }) => name),
      sops: (sops.data?.items ?? []).map(({ name }) => name),
      metadata: metadataPaths(runs),
    }),
    [skills.data, sops.data, runs],
  );
  useShortcut("f", "Filter the runs", () => field.current?.focus());
  useShortcut("/", "Filter the runs", () => field.current?.focus());
  return (
    <div className="flex flex-wrap items-start gap-2">
      <div className="min-w-0 grow basis-80">
        <FilterLine
          terms={termsOf(search)}
          known={known}
          field={field}
          onAdd={(terms) => onChange(terms.reduce(withTerm, search))}
          onRemove={(term) => onChange(withoutTerm(search, term))}
          onClear={onClear}
          onFocus={() => setWanted(true)}
        />
      </div>
      <TimeChoice times={search} onChange={(times) => onChange({ ...search, ...times })} />
    </div>
  );
}
