/** A skill's page: trying it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { LoadingRows } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import { type Example, FillFrom } from "@/features/skills/fill-from";
import { holdsAll } from "@/features/skills/try-fields";
import { TryForm } from "@/features/skills/try-form";
import { TryOutcome } from "@/features/skills/try-outcome";
import type { SkillDetail } from "@/lib/api";
import type { JsonObject } from "@/lib/json";
import { isFinal } from "@/lib/status";
import { runListOptions, runOptions, runStatusOptions, runStepsOptions } from "@/queries/runs";
import { serverOptions, sopsOptions } from "@/queries/skills";

const route = getRouteApi("/skills/$name");
const SOON_MS = 700;
const FEW = 5;

/** Give it another key for another skill. */
export function SkillTry({ skill }: { skill: SkillDetail }) {
  const { fill, tried } = route.useSearch();
  const navigate = route.useNavigate();
  const { refetchInterval: _, ...newest } = runListOptions({ skill: skill.name });
  const runs = useQuery(newest);
  const sops = useQuery(sopsOptions);
  const server = useQuery(serverOptions);
  // What is typed stands on what the page began with, also once other runs have used the skill.
  const [first, setFirst] = useState<string | null>(null);
  if (runs.isPending || sops.isPending) return <LoadingRows rows={3} />;
  const used = (runs.data?.items ?? []).slice(0, FEW);
  const examples = (sops.data?.items ?? []).flatMap(({ title, examples: all }) =>
    all
      .filter(({ initial_data }) => holdsAll(skill, initial_data as JsonObject))
      .map((one): Example & { data: JsonObject } => ({
        key: `example:${title}: ${one.title}`,
        title: `${title}: ${one.title}`,
        data: one.initial_data as JsonObject,
      })),
  );
  if (first === null) setFirst(used[0] ? `run:${used[0].thread_id}` : (examples[0]?.key ?? "none"));
  const chosen = fill ?? first ?? "none";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 xl:grid-cols-2">
      <div className="space-y-4">
        <FillFrom
          runs={used}
          examples={examples}
          chosen={chosen === "none" ? "" : chosen}
          onChoose={(source) =>
            void navigate({
              search: (now) => ({ ...now, fill: source || "none" }),
              replace: true,
              resetScroll: false,
            })
          }
        />
        <Filled
          key={chosen}
          skill={skill}
          source={chosen}
          example={examples.find(({ key }) => key === chosen)?.data}
          not={whyNot(skill, server.data?.model === null)}
          onStarted={(thread_id) =>
            void navigate({
              search: (now) => ({ ...now, part: "try", fill: chosen, tried: thread_id }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      </div>
      {tried && <Tried key={tried} thread={tried} skill={skill.name} />}
    </div>
  );
}

function whyNot({ current, executor, contract }: SkillDetail, withoutModel: boolean): string | undefined {
  if (!current) return "Only the current version can be tried; this is an earlier one.";
  if (executor === "llm" && withoutModel && !contract.model)
    return "It needs a model: start the server with ASF_MODEL, for instance openai:gpt-5.";
  return undefined;
}

interface FilledProps {
  skill: SkillDetail;
  source: string;
  example: JsonObject | undefined;
  not: string | undefined;
  onStarted: (threadId: string) => void;
}

function Filled({ skill, source, example, not, onStarted }: FilledProps) {
  const thread = source.startsWith("run:") ? source.slice("run:".length) : "";
  const status = useQuery({ ...runStatusOptions(thread), enabled: thread !== "", refetchInterval: false });
  if (thread !== "" && status.isPending) return <LoadingRows rows={3} />;
  return (
    <>
      {status.isError && <ProblemNotice error={status.error} onRetry={() => void status.refetch()} />}
      <TryForm
        skill={skill}
        known={status.data?.data_store ?? example ?? {}}
        not={not}
        onStarted={onStarted}
      />
    </>
  );
}

function Tried({ thread, skill }: { thread: string; skill: string }) {
  const run = useQuery({
    ...runOptions(thread),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : SOON_MS),
  });
  const over = run.data !== undefined && isFinal(run.data.status);
  const steps = useQuery({
    ...runStepsOptions(thread),
    enabled: over,
    // What an earlier page has kept may lack the end.
    refetchOnMount: "always",
  });
  if (run.isPending) return <LoadingRows rows={2} />;
  if (run.isError) return <ProblemNotice error={run.error} onRetry={() => void run.refetch()} />;
  return <TryOutcome run={run.data} step={steps.data?.findLast((step) => step.skill === skill)} />;
}
