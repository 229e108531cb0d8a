/** The ledger's filters: state, skill, what went out, whose, when, and what was not done again. */
import { X } from "lucide-react";
import { FilterInput } from "@/components/filter-input";
import { dataFilter } from "@/features/runs/run-search";
import type { EffectState } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { type EffectSearch, effectStatesOf, hasEffectFilter, WINDOWS } from "./effect-search";
import { EFFECT, EFFECT_STATES } from "./effect-state";

interface EffectFiltersProps {
  search: EffectSearch;
  /** Names to choose from; effects of other skills can be asked for as well. */
  skills: string[];
  onChange: (change: Partial<EffectSearch>) => void;
  onClear: () => void;
}

export function EffectFilters({ search, skills, onChange, onClear }: EffectFiltersProps) {
  const badData = search.data !== undefined && dataFilter(search.data) === null;
  return (
    <div className="mb-4 space-y-3">
      <StateTabs
        chosen={effectStatesOf(search)}
        onChange={(states) => onChange({ state: states.join(",") || undefined })}
      />
      <search className="flex flex-wrap items-start gap-2">
        <FilterInput
          label="What went out, as path=value"
          placeholder="order.id=A-1001"
          icon
          mono
          value={search.data}
          onChange={(data) => onChange({ data })}
          error={badData ? "Write path=value, for instance order.id=A-1001" : undefined}
        />
        <FilterInput
          label="Skill"
          placeholder="Skill"
          suggestions={skills}
          value={search.skill}
          onChange={(skill) => onChange({ skill })}
        />
        <FilterInput
          label="Id of a run: effects of its family"
          placeholder="Family of the run…"
          mono
          value={search.root}
          onChange={(root) => onChange({ root })}
        />
        <select
          aria-label="When"
          value={search.since ?? ""}
          onChange={(event) => onChange({ since: event.target.value || undefined })}
          className="h-9 rounded-lg border bg-surface px-3 text-[0.8125rem] shadow-card hover:border-line-strong/60 max-md:w-full"
        >
          <option value="">Any time</option>
          {Object.entries(WINDOWS).map(([value, { word }]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
        <label className="inline-flex h-9 items-center gap-2 px-1 text-[0.8125rem] text-ink-soft">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={search.only === "not-repeated"}
            onChange={(event) => onChange({ only: event.target.checked ? "not-repeated" : undefined })}
          />
          Not done again
        </label>
        {search.run && (
          <span className="inline-flex h-9 min-w-0 items-center gap-1 rounded-lg bg-accent-soft pr-1.5 pl-3 text-[0.8125rem] text-accent">
            Done by <code className="max-w-40 truncate font-mono text-xs">{search.run}</code>
            <button
              type="button"
              aria-label="Show those of all runs"
              className="rounded p-1 hover:bg-hover"
              onClick={() => onChange({ run: undefined })}
            >
              <X className="size-3.5" aria-hidden />
            </button>
          </span>
        )}
        {hasEffectFilter(search) && (
          <button
            type="button"
            onClick={onClear}
            className="h-9 px-2 text-[0.8125rem] font-medium text-ink-soft hover:text-accent"
          >
            Clear all
          </button>
        )}
      </search>
    </div>
  );
}

interface StateTabsProps {
  chosen: EffectState[];
  onChange: (states: EffectState[]) => void;
}

function StateTabs({ chosen, onChange }: StateTabsProps) {
  return (
    <fieldset aria-label="State" className="-mx-1 flex min-w-0 gap-1 overflow-x-auto px-1 py-1">
      <StateTab word="All" on={chosen.length === 0} onClick={() => onChange([])} />
      {EFFECT_STATES.map((state) => {
        const on = chosen.includes(state);
        return (
          <StateTab
            key={state}
            word={EFFECT[state].word}
            meaning={EFFECT[state].meaning}
            on={on}
            onClick={() => onChange(on ? chosen.filter((other) => other !== state) : [...chosen, state])}
          />
        );
      })}
    </fieldset>
  );
}

interface StateTabProps {
  word: string;
  meaning?: string;
  on: boolean;
  onClick: () => void;
}

function StateTab({ word, meaning, on, onClick }: StateTabProps) {
  return (
    <button
      type="button"
      title={meaning}
      aria-pressed={on}
      onClick={onClick}
      className={cx(
        "inline-flex h-8 shrink-0 items-center rounded-lg px-3 text-[0.8125rem] font-medium transition-colors",
        on ? "bg-accent-soft text-accent" : "text-ink-soft hover:bg-hover hover:text-ink",
      )}
    >
      {word}
    </button>
  );
}
