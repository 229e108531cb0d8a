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
import { serverOptions } from "@/queries/skills";

export function RootPage() {
  const signingIn = useRouterState({ select: (state) => state.location.pathname === "/login" });
  const server = useQuery({ ...serverOptions, enabled: !signingIn });
  if (signingIn) return <Outlet />;
  return (
    <Layout foot={server.data && <ServerFoot server={server.data} />}>
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
