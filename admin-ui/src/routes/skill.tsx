/** One skill: its contract, its text, its versions. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ChevronLeft, FlaskConical } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Button } from "@/components/button";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Markdown } from "@/components/markdown";
import { Notice } from "@/components/notice";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { CompareVersions } from "@/features/skills/compare-versions";
import { ContractTable } from "@/features/skills/contract-table";
import { Diagnostics } from "@/features/skills/diagnostics";
import { Versions } from "@/features/skills/versions";
import { useTitle } from "@/lib/title";
import { skillOptions, skillVersionsOptions } from "@/queries/skills";

const BacktestDialog = lazy(() => import("@/features/backtests/backtest-dialog"));
const route = getRouteApi("/skills/$name");

export default function SkillPage() {
  const { name } = route.useParams();
  const { version, left, right } = route.useSearch();
  const navigate = route.useNavigate();
  const skill = useQuery(skillOptions(name, version));
  const versions = useQuery(skillVersionsOptions(name));
  const [backtests, setBacktests] = useState(false);
  useTitle(name);
  return (
    <Page
      title={name}
      subtitle={skill.data?.description}
      actions={
        <>
          <Link
            to="/skills"
            className="order-first inline-flex basis-full items-center gap-1 text-[0.8125rem] font-medium text-ink-faint hover:text-accent"
          >
            <ChevronLeft className="size-4" aria-hidden /> Skills
          </Link>
          {skill.data && (
            <Button icon={<FlaskConical aria-hidden />} onClick={() => setBacktests(true)}>
              Backtest this version
            </Button>
          )}
        </>
      }
    >
      {skill.isPending && <LoadingRows rows={4} />}
      {skill.isError && <ProblemNotice error={skill.error} onRetry={() => void skill.refetch()} />}
      {skill.data && (
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
          <div className="min-w-0 space-y-5">
            {!skill.data.current && (
              <Notice kind="wait" title="This is an earlier version">
                Runs that used it show it as it was.
              </Notice>
            )}
            {skill.data.diagnostics.length > 0 && <Diagnostics items={skill.data.diagnostics} />}
            <Panel title="Contract">
              <ContractTable skill={skill.data} />
            </Panel>
            {versions.data && versions.data.items.length > 1 && (
              <CompareVersions
                name={name}
                versions={versions.data.items}
                shown={skill.data.digest}
                left={left}
                right={right}
                onChoose={(chosen) =>
                  void navigate({
                    search: (now) => ({ ...now, ...chosen }),
                    replace: true,
                    resetScroll: false,
                  })
                }
              />
            )}
            <Panel title="Text">
              <div className="p-5 max-md:p-4">
                <Markdown text={skill.data.body} />
              </div>
            </Panel>
          </div>
          <aside className="min-w-0 space-y-5">
            <Versions name={name} shown={skill.data.digest} versions={versions.data?.items ?? []} />
            <Panel title="Files">
              <ul className="space-y-1 px-5 py-3 font-mono text-xs break-all text-ink-soft">
                {skill.data.files.map((file) => (
                  <li key={file}>{file}</li>
                ))}
              </ul>
            </Panel>
          </aside>
        </div>
      )}
      {backtests && skill.data && (
        <Suspense>
          <BacktestDialog
            title={`Backtest ${name}`}
            target={{ filter: {} }}
            first={{ versions: "chosen", skill: name, digest: skill.data.digest }}
            choosesRuns
            onClose={() => setBacktests(false)}
          />
        </Suspense>
      )}
    </Page>
  );
}
