/** Failures by kind: what is open, how often, and what to do about all of them at once. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { PartyPopper, SearchX } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { FilterInput } from "@/components/filter-input";
import { Page } from "@/components/layout";
import { Notice } from "@/components/notice";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { WINDOWS } from "@/features/effects/effect-search";
import { campaignChoice, campaignTarget } from "@/features/failures/campaign";
import { DismissDialog } from "@/features/failures/dismiss-dialog";
import { type FailureSearch, failureFilter, hasFailureFilter } from "@/features/failures/failure-search";
import { FailuresTable } from "@/features/failures/failures-table";
import type { FailureGroup } from "@/lib/api/failures";
import { useTitle } from "@/lib/title";
import { failureListOptions } from "@/queries/failures";
import { skillListOptions } from "@/queries/skills";

const BatchDialog = lazy(() =>
  import("@/features/batches/batch-dialog").then(({ BatchDialog }) => ({ default: BatchDialog })),
);
const route = getRouteApi("/failures");

interface Asked {
  what: "campaign" | "dismiss" | "restore";
  group: FailureGroup;
}

export default function FailuresPage() {
  useTitle("Failures");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const failures = useQuery(failureListOptions(failureFilter(search), search.cursor));
  const skills = useQuery(skillListOptions);
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);

  const change = (next: Partial<FailureSearch>) =>
    void navigate({ search: (now) => ({ ...now, cursor: undefined, ...next }), replace: true });
  const items = failures.data?.items ?? [];
  const filtered = hasFailureFilter(search) || search.cursor !== undefined;
  const empty = failures.isSuccess && items.length === 0 && !failures.isPlaceholderData;

  return (
    <Page
      title="Failures"
      subtitle="Failed runs by kind, whatever ids, amounts and times their messages hold. What a later run has fixed is not here."
    >
      <Filters
        search={search}
        skills={(skills.data?.items ?? []).map(({ name }) => name)}
        onChange={change}
      />
      {failures.isError && (
        <div className="mb-4">
          <ProblemNotice error={failures.error} onRetry={() => void failures.refetch()} />
        </div>
      )}
      {failures.data?.capped && (
        <Notice kind="info" className="mb-4">
          There are more than 100,000 open failures; only the newest of them are counted here.
        </Notice>
      )}
      {!(failures.isError && items.length === 0) && (
        <Panel className={failures.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {failures.isPending && <LoadingRows />}
          {empty && !filtered && (
            <Empty icon={<PartyPopper aria-hidden />} title="Nothing is broken">
              No run has failed, or a later one has fixed it.
              {search.dismissed !== "yes" && " What was dismissed is not shown."}
            </Empty>
          )}
          {empty && filtered && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No failure matches"
              actions={<Button onClick={() => void navigate({ search: {} })}>Clear the filter</Button>}
            />
          )}
          {failures.data && items.length > 0 && (
            <>
              <FailuresTable
                groups={items}
                window={failures.data.over_time}
                onCampaign={(group) => setAsked({ what: "campaign", group })}
                onDismiss={(group) => setAsked({ what: "dismiss", group })}
                onRestore={(group) => setAsked({ what: "restore", group })}
              />
              <Pager cursor={search.cursor} next={failures.data.next_cursor} />
            </>
          )}
        </Panel>
      )}
      {asked?.what === "campaign" && (
        <Suspense>
          <BatchDialog
            title={`Campaign for ${asked.group.skill || asked.group.error_type}`}
            target={campaignTarget(asked.group)}
            first={campaignChoice(asked.group)}
            onClose={close}
          />
        </Suspense>
      )}
      {asked && asked.what !== "campaign" && (
        <DismissDialog action={asked.what} group={asked.group} onClose={close} />
      )}
    </Page>
  );
}

interface FiltersProps {
  search: FailureSearch;
  skills: string[];
  onChange: (change: Partial<FailureSearch>) => void;
}

function Filters({ search, skills, onChange }: FiltersProps) {
  return (
    <search className="mb-4 flex flex-wrap items-center gap-2">
      <FilterInput
        label="Skill"
        placeholder="Skill"
        icon
        suggestions={skills}
        value={search.skill}
        onChange={(skill) => onChange({ skill })}
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
          checked={search.dismissed === "yes"}
          onChange={(event) => onChange({ dismissed: event.target.checked ? "yes" : undefined })}
        />
        Show dismissed
      </label>
    </search>
  );
}
