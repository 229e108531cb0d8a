/** Starting a run. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { ProblemNotice } from "@/components/problem-notice";
import { StartForm } from "@/features/start/start-form";
import { useTitle } from "@/lib/title";
import { serverOptions, sopsOptions } from "@/queries/skills";

const route = getRouteApi("/new");

export default function NewPage() {
  useTitle("New run");
  const { sop, example } = route.useSearch();
  const navigate = route.useNavigate();
  const sops = useQuery(sopsOptions);
  const server = useQuery(serverOptions);
  return (
    <Page title="New run" subtitle="A procedure and the data it starts from.">
      {sops.isPending && <LoadingRows rows={4} />}
      {sops.isError && <ProblemNotice error={sops.error} onRetry={() => void sops.refetch()} />}
      {sops.data && (
        <StartForm
          // Another choice is another form: what was typed belongs to the one before.
          key={`${sop ?? ""} ${example ?? ""}`}
          sops={sops.data.items}
          chosen={sop}
          example={example}
          withoutModel={server.data?.model === null}
          onChoose={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
          onStarted={(thread_id) => void navigate({ to: "/runs/$threadId", params: { threadId: thread_id } })}
        />
      )}
    </Page>
  );
}
