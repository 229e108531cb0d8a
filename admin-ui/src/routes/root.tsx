/** Around every page. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { buttonLook } from "@/components/button";
import { Empty } from "@/components/empty";
import { Layout } from "@/components/layout";
import { ProblemNotice } from "@/components/problem-notice";
import { ServerFoot } from "@/components/server-foot";
import { asApiError } from "@/lib/problem";
import { useTitleCount } from "@/lib/title";
import { serverOptions } from "@/queries/skills";
import { waitCountOptions } from "@/queries/waits";

export function RootPage() {
  const signingIn = useRouterState({ select: (state) => state.location.pathname === "/login" });
  const server = useQuery({ ...serverOptions, enabled: !signingIn });
  const waiting = useQuery({ ...waitCountOptions(), enabled: !signingIn }).data?.count ?? 0;
  useTitleCount(signingIn ? 0 : waiting);
  if (signingIn) return <Outlet />;
  return (
    <Layout waiting={waiting} foot={server.data && <ServerFoot server={server.data} />}>
      {server.error && asApiError(server.error).status === 401 && (
        <div className="px-8 pt-6 max-md:px-4">
          <ProblemNotice error={server.error} />
        </div>
      )}
      <Outlet />
    </Layout>
  );
}

export function NotFoundPage() {
  return (
    <Empty
      icon={<Compass aria-hidden />}
      title="There is no such page"
      actions={
        <Link to="/runs" className={buttonLook("primary")}>
          To the runs
        </Link>
      }
    />
  );
}
