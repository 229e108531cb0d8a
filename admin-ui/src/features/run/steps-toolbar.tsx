/** Finds steps by text and kind, and opens or closes all decisions. */
import { ChevronsDownUp, ChevronsUpDown } from "lucide-react";
import { FilterInput } from "@/components/filter-input";
import { IconButton } from "@/components/icon-button";
import { cx } from "@/lib/class-names";
import { STEP_KINDS, type StepFilter, type StepKind } from "./step-rows";

const WORDS: Record<StepKind, { word: string; meaning: string }> = {
  failed: { word: "Failed", meaning: "Only steps that failed" },
  executed: { word: "Executed", meaning: "Only steps that this run carried out itself" },
  reused: { word: "Reused", meaning: "Only steps whose result was taken over" },
};

interface StepsToolbarProps {
  filter: StepFilter;
  counts: Record<StepKind, number>;
  onFilter: (filter: StepFilter) => void;
  onOpenAll: () => void;
  onCloseAll: () => void;
}

export function StepsToolbar({ filter, counts, onFilter, onOpenAll, onCloseAll }: StepsToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-b px-3 py-2.5">
      <div className="min-w-40 flex-1 *:w-full">
        <FilterInput
          label="Find steps"
          placeholder="Skill, reason, error, data path"
          value={filter.find}
          onChange={(find) => onFilter({ ...filter, find })}
          icon
        />
      </div>
      <div className="flex">
        <IconButton label="Expand all" onClick={onOpenAll}>
          <ChevronsUpDown aria-hidden />
        </IconButton>
        <IconButton label="Collapse all" onClick={onCloseAll}>
          <ChevronsDownUp aria-hidden />
        </IconButton>
      </div>
      <fieldset aria-label="Which steps" className="flex gap-1">
        {STEP_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={filter.only === kind}
            title={WORDS[kind].meaning}
            disabled={counts[kind] === 0 && filter.only !== kind}
            onClick={() => onFilter({ ...filter, only: filter.only === kind ? undefined : kind })}
            className={cx(
              "inline-flex h-7 items-center gap-1 rounded-full border px-2.5 text-xs font-medium transition-colors hover:bg-hover disabled:pointer-events-none disabled:opacity-55",
              "aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent",
            )}
          >
            {WORDS[kind].word}{" "}
            <span className={cx("tabular", kind === "failed" && counts[kind] > 0 ? "text-bad" : "")}>
              {counts[kind]}
            </span>
          </button>
        ))}
      </fieldset>
    </div>
  );
}
