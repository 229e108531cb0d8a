/** Around every page. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { buttonLook } from "@/components/button";
import { Empty } from "@/components/empty";
import { Layout } from "@/components/layout";
import { ServerFoot } from "@/components/server-foot";
import { serverOptions } from "@/queries/skills";

export function RootPage() {
  const server = useQuery(serverOptions);
  return (
    <Layout foot={server.data && <ServerFoot server={server.data} />}>
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
