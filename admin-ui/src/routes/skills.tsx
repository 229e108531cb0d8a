/** The catalogue of skills, with what the loader has to say. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RefreshCw, Sparkles } from "lucide-react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { When } from "@/components/when";
import { Diagnostics } from "@/features/skills/diagnostics";
import { SkillsTable } from "@/features/skills/skills-table";
import { reloadSkills } from "@/lib/api";
import { useTitle } from "@/lib/title";
import { skillKeys, skillListOptions } from "@/queries/skills";

export default function SkillsPage() {
  useTitle("Skills");
  const skills = useQuery(skillListOptions);
  const queries = useQueryClient();
  const reload = useMutation({
    mutationFn: reloadSkills,
    onSuccess: () => queries.invalidateQueries({ queryKey: skillKeys.all }),
  });
  const items = skills.data?.items ?? [];
  return (
    <Page
      title="Skills"
      subtitle={
        skills.data && (
          <>
            {items.length} {items.length === 1 ? "skill" : "skills"}
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
      <div className="space-y-5">
        {reload.isError && <ProblemNotice error={reload.error} />}
        {skills.isError && <ProblemNotice error={skills.error} onRetry={() => void skills.refetch()} />}
        {skills.data && skills.data.diagnostics.length > 0 && <Diagnostics items={skills.data.diagnostics} />}
        <Panel>
          {skills.isPending && <LoadingRows />}
          {skills.isSuccess && items.length === 0 && (
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
          {items.length > 0 && <SkillsTable skills={items} />}
        </Panel>
      </div>
    </Page>
  );
}
