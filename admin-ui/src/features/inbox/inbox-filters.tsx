/** What of the inbox is listed: open or answered, why it waits, of which skill, and a text. */
import { Choices } from "@/components/choices";
import { FilterInput } from "@/components/filter-input";
import { Select } from "@/components/select";
import { Tabs } from "@/components/tabs";
import type { WaitCount } from "@/lib/api/waits";
import { switched, wordsOf } from "@/lib/search";
import { hasInboxFilter, type InboxSearch, REASON, REASONS } from "./inbox-search";

interface InboxFiltersProps {
  search: InboxSearch;
  /** Of what waits. */
  counts: WaitCount | undefined;
  onChange: (change: Partial<InboxSearch>) => void;
}

export function InboxFilters({ search, counts, onChange }: InboxFiltersProps) {
  const history = search.state === "answered";
  const chosen = wordsOf(search.reason, REASONS);
  const groups = counts?.groups ?? [];
  const skills = [...new Set([...groups.map(({ skill }) => skill ?? ""), search.skill ?? ""])].filter(
    Boolean,
  );
  return (
    <>
      <Tabs
        label="Open or answered"
        tabs={[
          { value: "open", label: counts && counts.count > 0 ? `Waiting (${counted(counts)})` : "Waiting" },
          { value: "answered", label: "Answered" },
        ]}
        chosen={history ? "answered" : "open"}
        onChoose={(state) => onChange({ state: state === "answered" ? state : undefined })}
      />
      <search className="mb-4 flex flex-wrap items-center gap-2">
        <Choices
          label="Why it waits"
          all
          choices={REASONS.map((value) => ({
            value,
            ...REASON[value],
            ...(history ? {} : { count: sumOf(groups.filter(({ reason }) => reason === value)) }),
          }))}
          chosen={chosen}
          onToggle={(reason) => onChange({ reason: switched(chosen, reason) })}
        />
        {history ? (
          <FilterInput
            label="Skill"
            placeholder="Skill"
            value={search.skill}
            onChange={(skill) => onChange({ skill })}
          />
        ) : (
          <Select
            aria-label="Skill"
            className="!w-48 text-[0.8125rem] max-md:!w-full"
            value={search.skill ?? ""}
            onChange={(event) => onChange({ skill: event.target.value || undefined })}
          >
            <option value="">All skills</option>
            {skills.map((skill) => (
              <option key={skill} value={skill}>
                {skill}
              </option>
            ))}
          </Select>
        )}
        <FilterInput
          label="Run, subject or value"
          placeholder="Run, subject or value"
          icon
          value={search.q}
          onChange={(q) => onChange({ q })}
        />
        {hasInboxFilter(search) && (
          <button
            type="button"
            onClick={() => onChange({ reason: undefined, skill: undefined, q: undefined })}
            className="h-9 px-2 text-[0.8125rem] font-medium text-ink-soft hover:text-accent"
          >
            Clear all
          </button>
        )}
      </search>
    </>
  );
}

const sumOf = (groups: WaitCount["groups"]) => groups.reduce((sum, { count }) => sum + count, 0);
const counted = ({ count, capped }: WaitCount) => `${count.toLocaleString("en")}${capped ? "+" : ""}`;
