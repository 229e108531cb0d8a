/** The effects ledger: what went out, who did it, who did not do it again. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { SearchX, Send } from "lucide-react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { EffectFilters } from "@/features/effects/effect-filters";
import { type EffectSearch, effectFilter, hasEffectFilter } from "@/features/effects/effect-search";
import { EffectsTable } from "@/features/effects/effects-table";
import { useTitle } from "@/lib/title";
import { effectListOptions } from "@/queries/effects";
import { skillListOptions } from "@/queries/skills";

const route = getRouteApi("/effects");

export default function EffectsPage() {
  useTitle("Effects");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const effects = useQuery(effectListOptions(effectFilter(search), search.cursor));
  const skills = useQuery(skillListOptions);

  const change = (next: Partial<EffectSearch>) =>
    void navigate({ search: (now) => ({ ...now, cursor: undefined, ...next }), replace: true });
  const clear = () => void navigate({ search: {} });
  const items = effects.data?.items ?? [];
  const filtered = hasEffectFilter(search) || search.cursor !== undefined;
  const empty = effects.isSuccess && items.length === 0 && !effects.isPlaceholderData;
  const named = (skills.data?.items ?? []).filter((skill) => skill.effects === "irreversible");

  return (
    <Page
      title="Effects"
      subtitle="What skills did to the outside world, and which reruns did not do it again."
    >
      {(!empty || filtered) && (
        <EffectFilters
          search={search}
          skills={named.map(({ name }) => name)}
          onChange={change}
          onClear={clear}
        />
      )}
      {effects.isError && (
        <div className="mb-4">
          <ProblemNotice error={effects.error} onRetry={() => void effects.refetch()} />
        </div>
      )}
      {!(effects.isError && items.length === 0) && (
        <Panel className={effects.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {effects.isPending && <LoadingRows />}
          {empty && !filtered && (
            <Empty icon={<Send aria-hidden />} title="Nothing has gone out yet">
              What a skill with <code className="font-mono text-xs">effects: irreversible</code> does, such as
              a payment or a mail, stands here from the moment it is announced.
            </Empty>
          )}
          {empty && filtered && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No effect matches"
              actions={<Button onClick={clear}>Clear the filter</Button>}
            >
              There is none that all of these filters let through.
            </Empty>
          )}
          {items.length > 0 && (
            <>
              <EffectsTable effects={items} />
              <Pager cursor={search.cursor} next={effects.data?.next_cursor ?? null} />
            </>
          )}
        </Panel>
      )}
    </Page>
  );
}
