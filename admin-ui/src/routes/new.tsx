/** Starting a run. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { ProblemNotice } from "@/components/problem-notice";
import { draftOfRun, emptyDraft, type StartDraft } from "@/features/start/start-draft";
import { StartForm } from "@/features/start/start-form";
import type { JsonObject } from "@/lib/json";
import { useTitle } from "@/lib/title";
import { runMetadataOptions } from "@/queries/runs";
import { serverOptions, skillListOptions, sopsOptions } from "@/queries/skills";

const route = getRouteApi("/new");

export default function NewPage() {
  useTitle("New run");
  const { sop, example, run } = route.useSearch();
  const navigate = route.useNavigate();
  const sops = useQuery(sopsOptions);
  const skills = useQuery({ ...skillListOptions, refetchInterval: false });
  const server = useQuery(serverOptions);
  const copied = useQuery({ ...runMetadataOptions(run ?? ""), enabled: run !== undefined });
  /** A named procedure that goes on as one's own. */
  const [carried, setCarried] = useState<StartDraft | null>(null);

  const first = (): StartDraft => {
    if (copied.data && run) return draftOfRun(copied.data);
    if (sop === undefined && carried) return carried;
    const picked = sops.data?.items.find(({ name }) => name === sop)?.examples[example ?? -1];
    return emptyDraft((picked?.initial_data ?? {}) as JsonObject);
  };
  /** `keeps`: what was typed goes along, so that nothing has to be asked. */
  const choose = (search: { sop?: string; example?: number }, keeps = false) =>
    void navigate({ search, replace: true, resetScroll: false, ignoreBlocker: keeps });
  const failed = [sops, copied].find(({ isError }) => isError);
  const isReady = sops.isSuccess && (run === undefined || copied.isSuccess);
  // A copied run keeps its procedure by name as long as that still reads the same.
  const named = copied.data?.sop_name;
  const same = sops.data?.items.find(({ name }) => name === named)?.sop === copied.data?.sop;
  return (
    <Page
      title="New run"
      subtitle={
        copied.data ? `As “${copied.data.run_name}” was started.` : "A procedure and the data it starts from."
      }
    >
      {failed && <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && !isReady && <LoadingRows rows={4} />}
      {isReady && (
        <StartForm
          // Another choice is another form: what was typed belongs to the one before.
          key={`${run ?? ""} ${sop ?? ""} ${example ?? ""} ${carried ? "own" : ""}`}
          sops={sops.data.items}
          skills={skills.data?.items ?? []}
          chosen={run ? (same ? (named ?? undefined) : undefined) : sop}
          example={example}
          first={first()}
          model={server.data?.model}
          onChoose={(next) => choose(next)}
          onEditCopy={(draft) => {
            setCarried(draft);
            choose({}, true);
          }}
          onStarted={(thread_id) =>
            void navigate({
              to: "/runs/$threadId",
              params: { threadId: thread_id },
              ignoreBlocker: true,
            })
          }
        />
      )}
    </Page>
  );
}
