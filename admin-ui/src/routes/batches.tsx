/** Batches: bulk reruns, the newest first. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Layers, SearchX } from "lucide-react";
import { Button, buttonLook } from "@/components/button";
import { Choices } from "@/components/choices";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { BATCH, BATCH_STATUSES } from "@/features/batches/batch-state";
import { BatchesTable } from "@/features/batches/batches-table";
import { useTitle } from "@/lib/title";
import { batchListOptions } from "@/queries/batches";

const route = getRouteApi("/batches");

export default function BatchesPage() {
  useTitle("Batches");
  const { status, cursor } = route.useSearch();
  const navigate = route.useNavigate();
  const batches = useQuery(batchListOptions(status, cursor));
  const items = batches.data?.items ?? [];
  const empty = batches.isSuccess && items.length === 0 && !batches.isPlaceholderData;
  const filtered = status !== undefined || cursor !== undefined;
  return (
    <Page title="Batches" subtitle="Many runs rerun at once: each once, with its outcome and its reason.">
      {(!empty || filtered) && (
        <div className="mb-4">
          <Choices
            label="Status"
            all
            choices={BATCH_STATUSES.map((value) => ({ value, ...BATCH[value] }))}
            chosen={status ? [status] : []}
            onToggle={(value) =>
              void navigate({ search: value && value !== status ? { status: value } : {}, replace: true })
            }
          />
        </div>
      )}
      {batches.isError && (
        <div className="mb-4">
          <ProblemNotice error={batches.error} onRetry={() => void batches.refetch()} />
        </div>
      )}
      {!(batches.isError && items.length === 0) && (
        <Panel className={batches.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {batches.isPending && <LoadingRows />}
          {empty && !filtered && (
            <Empty
              icon={<Layers aria-hidden />}
              title="No batch yet"
              actions={
                <Link to="/runs" className={buttonLook("primary")}>
                  To the runs
                </Link>
              }
            >
              Select runs in the list, or take all that a filter finds, and choose Rerun.
            </Empty>
          )}
          {empty && filtered && (
            <Empty
              icon={<SearchX aria-hidden />}
              title="No such batch"
              actions={<Button onClick={() => void navigate({ search: {} })}>Show all</Button>}
            />
          )}
          {items.length > 0 && (
            <>
              <BatchesTable batches={items} />
              <Pager cursor={cursor} next={batches.data?.next_cursor ?? null} />
            </>
          )}
        </Panel>
      )}
    </Page>
  );
}
