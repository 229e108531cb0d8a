/** The catalogue of skills: what each is, what it did of late, and what the loader has to say. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { RefreshCw, SearchX, Sparkles } from "lucide-react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { When } from "@/components/when";
import { catalogueOf, type SkillsSearch, shownRows } from "@/features/skills/catalogue";
import { UnreadFolders } from "@/features/skills/diagnostics";
import { SkillsFilters } from "@/features/skills/skills-filters";
import { SkillsTable } from "@/features/skills/skills-table";
import { reloadSkills } from "@/lib/api";
import type { SkillActivity } from "@/lib/api/skills";
import { usePinnedSkills } from "@/lib/pins";
import { clockTime } from "@/lib/time";
import { useTitle } from "@/lib/title";
import { skillActivityOptions, skillKeys, skillListOptions } from "@/queries/skills";

const route = getRouteApi("/skills");

export default function SkillsPage() {
  useTitle("Skills");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const skills = useQuery(skillListOptions);
  const activity = useQuery(skillActivityOptions);
  const [pins, togglePin] = usePinnedSkills();
  const queries = useQueryClient();
  const reload = useMutation({
    mutationFn: reloadSkills,
    onSuccess: () => queries.invalidateQueries({ queryKey: skillKeys.all }),
  });
  const { rows, unread } = catalogueOf(skills.data?.items ?? [], skills.data?.diagnostics ?? []);
  const shown = shownRows(rows, search, pins);
  const change = (part: Partial<SkillsSearch>) =>
    void navigate({ search: (now) => ({ ...now, ...part }), replace: true, resetScroll: false });
  return (
    <Page
      title="Skills"
      subtitle={
        skills.data && (
          <>
            {rows.length} {rows.length === 1 ? "skill" : "skills"}
            {skills.data.loaded_at && (
              <>
                , read <When at={skills.data.loaded_at} />
              </>
            )}
          </>
        )
      }
      actions={
        <Button icon={<RefreshCw aria-hidden />} busy={reload.isPending} onClick={() => reload.mutate()}>
          Read the folders again
        </Button>
      }
    >
      {reload.isError && (
        <div className="mb-4">
          <ProblemNotice error={reload.error} />
        </div>
      )}
      {skills.isError && <ProblemNotice error={skills.error} onRetry={() => void skills.refetch()} />}
      {unread.length > 0 && (
        <div className="mb-5">
          <UnreadFolders folders={unread} />
        </div>
      )}
      {rows.length > 0 && <SkillsFilters rows={rows} search={search} onChange={change} />}
      {!(skills.isError && rows.length === 0) && (
        <Panel>
          {skills.isPending && <LoadingRows />}
          {skills.isSuccess && rows.length === 0 && (
            <Empty icon={<Sparkles aria-hidden />} title="No skill is loaded">
              Skills are folders with a <code className="font-mono text-xs">SKILL.md</code>. Read from:{" "}
              {skills.data.roots.length > 0 ? (
                <code className="font-mono text-xs break-all">{skills.data.roots.join(", ")}</code>
              ) : (
                <>
                  nowhere; set <code className="font-mono text-xs">ASF_SKILLS</code>
                </>
              )}
            </Empty>
          )}
          {rows.length > 0 && shown.length === 0 && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No skill matches"
              actions={
                <Button onClick={() => void navigate({ search: {}, replace: true })}>Show all skills</Button>
              }
            />
          )}
          {shown.length > 0 && (
            <SkillsTable
              rows={shown}
              activity={activity.data ?? null}
              since={sinceText(activity.data)}
              pins={pins}
              onPin={togglePin}
            />
          )}
        </Panel>
      )}
    </Page>
  );
}

/** Over which time it is: less than a day where that holds too many runs to count. */
function sinceText(activity: SkillActivity | undefined): string {
  return activity?.capped ? `Since ${clockTime(Date.parse(activity.from))}` : "Last 24 hours";
}
