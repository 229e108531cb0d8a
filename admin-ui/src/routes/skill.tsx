/** One skill: what it is, trying it, the runs that used it, its versions. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { BackLink } from "@/components/back-link";
import { Button } from "@/components/button";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Markdown } from "@/components/markdown";
import { Notice } from "@/components/notice";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { Tabs } from "@/components/tabs";
import { Activity } from "@/features/skills/activity";
import { CompareVersions } from "@/features/skills/compare-versions";
import { ContractTable } from "@/features/skills/contract-table";
import { Diagnostics } from "@/features/skills/diagnostics";
import { PinButton } from "@/features/skills/pin-button";
import { type SkillSearch, type SkillTab, tabOf } from "@/features/skills/skill-search";
import { Source } from "@/features/skills/source";
import { Versions } from "@/features/skills/versions";
import type { SkillDetail } from "@/lib/api";
import { usePinnedSkills } from "@/lib/pins";
import { useShortcut } from "@/lib/shortcut";
import { useTitle } from "@/lib/title";
import { skillActivityOptions, skillOptions, skillVersionsOptions } from "@/queries/skills";
import { SkillRuns } from "./skill-runs";
import { SkillTry } from "./skill-try";

const BacktestDialog = lazy(() => import("@/features/backtests/backtest-dialog"));
const route = getRouteApi("/skills/$name");

const TABS: { value: SkillTab; label: string }[] = [
  { value: "about", label: "About" },
  { value: "try", label: "Try it" },
  { value: "runs", label: "Runs" },
  { value: "versions", label: "Versions" },
];

export default function SkillPage() {
  const { name } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const skill = useQuery(skillOptions(name, search.version));
  const [pins, togglePin] = usePinnedSkills();
  const [backtests, setBacktests] = useState(false);
  const tab = tabOf(search);
  useTitle(name);
  const go = (next: SkillTab) =>
    void navigate({ search: (now) => ({ ...now, part: next }), replace: true, resetScroll: false });
  useShortcut("t", "Try this skill", () => go("try"), skill.isSuccess);
  return (
    <Page
      title={
        <>
          <BackLink to="/skills">Skills</BackLink>
          <span className="flex items-center gap-1.5">
            <span className="min-w-0 break-words">{name}</span>
            {skill.data && (
              <PinButton name={name} on={pins.includes(name)} onToggle={() => togglePin(name)} />
            )}
          </span>
        </>
      }
      subtitle={skill.data?.description}
      actions={
        skill.data && (
          <Button icon={<FlaskConical aria-hidden />} onClick={() => setBacktests(true)}>
            Backtest this version
          </Button>
        )
      }
    >
      {skill.isPending && <LoadingRows rows={4} />}
      {skill.isError && <ProblemNotice error={skill.error} onRetry={() => void skill.refetch()} />}
      {skill.data && (
        <>
          {!skill.data.current && (
            <Notice kind="wait" title="This is an earlier version" className="mb-5">
              Runs that used it show it as it was.
            </Notice>
          )}
          <Tabs label="Parts of the page" tabs={TABS} chosen={tab} onChoose={go} />
          {tab === "about" && <About skill={skill.data} />}
          {tab === "try" && <SkillTry key={name} skill={skill.data} />}
          {(tab === "runs" || tab === "versions") && <WithVersions skill={skill.data} tab={tab} />}
        </>
      )}
      {backtests && skill.data && (
        <Suspense>
          <BacktestDialog
            title={`Backtest ${name}`}
            target={{ filter: { skill: name } }}
            first={{ versions: "chosen", skill: name, digest: skill.data.digest }}
            choosesRuns
            onClose={() => setBacktests(false)}
          />
        </Suspense>
      )}
    </Page>
  );
}

function About({ skill }: { skill: SkillDetail }) {
  const activity = useQuery(skillActivityOptions);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="min-w-0 space-y-5">
        {skill.diagnostics.length > 0 && <Diagnostics items={skill.diagnostics} />}
        <Panel title="What it says">
          <div className="p-5 max-md:p-4">
            <Markdown text={skill.body} />
          </div>
        </Panel>
        <Panel title="Contract">
          <ContractTable skill={skill} />
        </Panel>
      </div>
      <aside className="min-w-0 space-y-5">
        {activity.data && (
          <Panel title={activity.data.capped ? "Of late" : "Last 24 hours"}>
            <div className="px-5 py-4">
              <Activity
                item={activity.data.items.find(({ name }) => name === skill.name)}
                window={activity.data}
                wide
              />
            </div>
          </Panel>
        )}
        <Source skill={skill} />
      </aside>
    </div>
  );
}

function WithVersions({ skill, tab }: { skill: SkillDetail; tab: SkillTab }) {
  const { used, left, right } = route.useSearch();
  const navigate = route.useNavigate();
  const versions = useQuery(skillVersionsOptions(skill.name));
  const change = (chosen: Partial<SkillSearch>) =>
    void navigate({ search: (now) => ({ ...now, ...chosen, part: tab }), replace: true, resetScroll: false });
  if (versions.isPending) return <LoadingRows rows={3} />;
  if (versions.isError)
    return <ProblemNotice error={versions.error} onRetry={() => void versions.refetch()} />;
  const { items } = versions.data;
  if (tab === "runs") {
    return (
      <SkillRuns
        name={skill.name}
        digest={used}
        versions={items}
        onChoose={(digest) => change({ used: digest })}
      />
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <div className="min-w-0 lg:col-start-2 lg:row-start-1">
        <Versions name={skill.name} shown={skill.digest} versions={items} />
      </div>
      <div className="min-w-0">
        {items.length > 1 ? (
          <CompareVersions
            name={skill.name}
            versions={items}
            shown={skill.digest}
            left={left}
            right={right}
            onChoose={change}
          />
        ) : (
          <Notice kind="info" title="There is one version so far">
            When a file of the skill changes, what differs stands here; runs keep the version they began with.
          </Notice>
        )}
      </div>
    </div>
  );
}
