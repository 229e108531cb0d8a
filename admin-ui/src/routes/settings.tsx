/** What this browser shows and how, and what the server is set up to do. */
import { useQuery } from "@tanstack/react-query";
import { LoadingRows } from "@/components/empty";
import { Page } from "@/components/layout";
import { Panel } from "@/components/panel";
import { ProblemNotice } from "@/components/problem-notice";
import { ApiKeys } from "@/features/settings/api-keys";
import { LimitsTable } from "@/features/settings/limits-table";
import { Look } from "@/features/settings/look";
import { SettingsTable } from "@/features/settings/settings-table";
import { WorkersTable } from "@/features/settings/workers-table";
import { useTitle } from "@/lib/title";
import { serverOptions, setUpOptions } from "@/queries/skills";

export default function SettingsPage() {
  useTitle("Settings");
  const setUp = useQuery(setUpOptions);
  const server = useQuery(serverOptions);
  return (
    <Page title="Settings">
      <div className="space-y-5">
        <Look />
        {setUp.isError && <ProblemNotice error={setUp.error} onRetry={() => void setUp.refetch()} />}
        {setUp.isPending && (
          <Panel title="The server">
            <LoadingRows rows={4} />
          </Panel>
        )}
        {setUp.data && (
          <>
            <LimitsTable limits={setUp.data.limits} />
            <WorkersTable workers={setUp.data.workers} />
            {server.data && <ApiKeys needed={server.data.auth} />}
            <SettingsTable settings={setUp.data.settings} />
          </>
        )}
      </div>
    </Page>
  );
}
