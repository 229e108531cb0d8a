/** The policies: rules that rerun after failures. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Plus, RefreshCcwDot } from "lucide-react";
import { buttonLook } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Pager } from "@/components/pager";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { PoliciesTable } from "@/features/policies/policies-table";
import { useShortcut } from "@/lib/shortcut";
import { useTitle } from "@/lib/title";
import { policyListOptions } from "@/queries/policies";

const route = getRouteApi("/policies");

export default function PoliciesPage() {
  useTitle("Policies");
  const { cursor } = route.useSearch();
  const policies = useQuery(policyListOptions(cursor));
  const navigate = route.useNavigate();
  useShortcut("n", "New policy", () => void navigate({ to: "/policies/new" }));
  const items = policies.data?.items ?? [];
  const create = (
    <Link to="/policies/new" className={buttonLook("primary")}>
      <Plus aria-hidden /> New policy
    </Link>
  );
  return (
    <Page title="Policies" subtitle="Rules that rerun failed runs by themselves." actions={create}>
      {policies.isError && (
        <div className="mb-4">
          <ProblemNotice error={policies.error} onRetry={() => void policies.refetch()} />
        </div>
      )}
      {!(policies.isError && items.length === 0) && (
        <Panel className={policies.isPlaceholderData ? "opacity-60 transition-opacity" : undefined}>
          {policies.isPending && <LoadingRows rows={4} />}
          {policies.isSuccess && items.length === 0 && (
            <Empty icon={<RefreshCcwDot aria-hidden />} title="No policy yet" actions={create}>
              A policy tries failed runs again without anybody: from the failed step, a few times, with
              growing pauses, and never what only a person can mend. A breaker stops a storm.
            </Empty>
          )}
          {items.length > 0 && <PoliciesTable policies={items} />}
          <Pager cursor={cursor} next={policies.data?.next_cursor ?? null} />
        </Panel>
      )}
    </Page>
  );
}
