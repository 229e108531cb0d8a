/** Two runs side by side: what differs, and why. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { GitCompareArrows, Search } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { ComparisonView } from "@/features/compare/comparison-view";
import { RunPickers } from "@/features/compare/run-pickers";
import { useTitle } from "@/lib/title";
import { comparisonOptions } from "@/queries/comparison";

const route = getRouteApi("/compare");

export default function ComparePage() {
  const { left = "", right = "", only } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = left !== "" && right !== "";
  const found = useQuery({ ...comparisonOptions(left, right), enabled: chosen });
  const [changing, setChanging] = useState(false);
  const choose = (pair: { left: string; right: string }) => {
    setChanging(false);
    void navigate({ search: (now) => ({ ...now, ...pair }), resetScroll: false });
  };
  useTitle(found.data ? `${found.data.right.run_name}, compared` : "Compare runs");
  return (
    <Page
      title="Compare runs"
      subtitle="What differs, which ingredients made it differ, and what only follows."
    >
      {chosen && !changing ? (
        <p className="-mt-3 mb-5">
          <Button size="sm" icon={<Search aria-hidden />} onClick={() => setChanging(true)}>
            Choose other runs
          </Button>
        </p>
      ) : (
        <RunPickers key={`${left} ${right}`} left={left} right={right} onChoose={choose} />
      )}
      {!chosen && (
        <Panel>
          <Empty icon={<GitCompareArrows aria-hidden />} title="Choose two runs">
            Any two: a run and its rerun, or two that should have come to the same. Their ids stand in the
            list of runs, where two that are ticked can be compared at once.
          </Empty>
        </Panel>
      )}
      {chosen && found.isPending && (
        <Panel>
          <LoadingRows />
        </Panel>
      )}
      {chosen && found.isError && !found.data && (
        <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
      )}
      {chosen && found.data && (
        <ComparisonView
          key={`${left} ${right}`}
          found={found.data}
          onChoose={choose}
          onlyDifferences={only === "differences"}
          onOnlyDifferences={(on) =>
            void navigate({
              search: ({ only: _, ...rest }) => (on ? { ...rest, only: "differences" as const } : rest),
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
    </Page>
  );
}
