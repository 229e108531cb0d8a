/** A skill's page: the newest runs that used it, or one version of it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUpRight, SearchX } from "lucide-react";
import { buttonLook } from "@/components/button";
import { Choices } from "@/components/choices";
import { Empty, LoadingRows } from "@/components/empty";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { runsOf } from "@/features/skills/skill-search";
import { UsedBy } from "@/features/skills/used-by";
import type { SkillVersion } from "@/lib/api/skills";
import { runListOptions } from "@/queries/runs";

const SHOWN = 15;
const FEW_VERSIONS = 8;

/** The newest ones, and the chosen one. */
const offered = (versions: SkillVersion[], chosen: string | undefined) =>
  versions.filter(({ digest }, index) => index < FEW_VERSIONS || digest === chosen);

interface SkillRunsProps {
  name: string;
  /** Undefined: any version. */
  digest: string | undefined;
  versions: SkillVersion[];
  onChoose: (digest: string | undefined) => void;
}

export function SkillRuns({ name, digest, versions, onChoose }: SkillRunsProps) {
  const runs = useQuery(runListOptions({ skill: name, ...(digest ? { skill_digest: digest } : {}) }));
  const items = (runs.data?.items ?? []).slice(0, SHOWN);
  return (
    <Panel
      title="Runs that used it"
      className={runs.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}
      aside={
        <Link to="/runs" search={runsOf(name, digest)} className={buttonLook("secondary", "sm")}>
          <ArrowUpRight aria-hidden /> All in the list
        </Link>
      }
    >
      {versions.length > 1 && (
        <div className="border-b px-3 py-1.5">
          <Choices
            label="Version"
            all
            choices={offered(versions, digest).map((version) => ({
              value: version.digest,
              word: version.digest.slice(0, 8) + (version.current ? " (current)" : ""),
            }))}
            chosen={digest ? [digest] : []}
            onToggle={(next) => onChoose(next && next !== digest ? next : undefined)}
          />
        </div>
      )}
      {runs.isPending && <LoadingRows rows={4} />}
      {runs.isError && (
        <div className="p-4">
          <ProblemNotice error={runs.error} onRetry={() => void runs.refetch()} />
        </div>
      )}
      {runs.isSuccess && items.length === 0 && (
        <Empty icon={<SearchX aria-hidden />} title="No run has used it yet">
          {digest ? "Choose another version above, or all." : "Try it, or name it in a procedure."}
        </Empty>
      )}
      {items.length > 0 && <UsedBy runs={items} />}
    </Panel>
  );
}
