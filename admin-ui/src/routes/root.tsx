/** Around every page. */
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { Compass } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { buttonLook } from "@/components/button";
import { Connection } from "@/components/connection";
import { Empty } from "@/components/empty";
import { Layout } from "@/components/layout";
import { GROUPS, type PageLink } from "@/components/navigation";
import { ProblemNotice } from "@/components/problem-notice";
import { ServerFoot } from "@/components/server-foot";
import { useFocusOnPage } from "@/lib/page-focus";
import { asApiError } from "@/lib/problem";
import { useRememberRun } from "@/lib/recent-runs";
import { useCommand, useGeneralShortcut } from "@/lib/shortcut";
import { useTitle, useTitleCount } from "@/lib/title";
import { serverOptions } from "@/queries/skills";
import { waitCountOptions } from "@/queries/waits";

const Palette = lazy(() => import("./palette"));
const ShortcutSheet = lazy(() => import("@/features/shortcuts/shortcut-sheet"));

export function RootPage() {
  const signingIn = useRouterState({ select: (state) => state.location.pathname === "/login" });
  return signingIn ? <Outlet /> : <Framed />;
}

function Framed() {
  const server = useQuery(serverOptions);
  const waiting = useQuery(waitCountOptions()).data?.count ?? 0;
  const [open, setOpen] = useState<"search" | "shortcuts" | null>(null);
  const close = () => setOpen(null);
  const openSearch = () => setOpen("search");
  useCommand("k", () => {
    if (open === "search") close();
    // A dialog that is open holds what somebody is doing.
    else if (open === "shortcuts" || !document.querySelector('[role="dialog"]')) openSearch();
  });
  useGeneralShortcut("/", "Search", openSearch);
  useGeneralShortcut("?", "Show the shortcuts", () => setOpen("shortcuts"));
  useFocusOnPage();
  useRememberRun();
  useTitleCount(waiting);
  return (
    <Layout
      foot={server.data && <ServerFoot server={server.data} />}
      notice={<Connection server={server} />}
      waiting={waiting}
      onSearch={openSearch}
      onShortcuts={() => setOpen("shortcuts")}
    >
      {GROUPS.flatMap(({ links }) => links.map((link) => <GoTo key={link.to} {...link} />))}
      {server.error && asApiError(server.error).status === 401 && (
        <div className="px-8 pt-6 max-md:px-4">
          <ProblemNotice error={server.error} />
        </div>
      )}
      <Outlet />
      {/* What is typed before the search has come must not act on the page: shortcuts rest beside a dialog. */}
      <Suspense fallback={<div role="dialog" aria-label="Search" aria-busy className="sr-only" />}>
        {open === "search" && <Palette onClose={close} onShortcuts={() => setOpen("shortcuts")} />}
        {open === "shortcuts" && <ShortcutSheet onClose={close} />}
      </Suspense>
    </Layout>
  );
}

/** The keys that lead to a page. */
function GoTo({ to, word, letter }: PageLink) {
  const navigate = useNavigate();
  useGeneralShortcut(`g ${letter}`, `Go to ${word.toLowerCase()}`, () => void navigate({ to }));
  return null;
}

export function NotFoundPage() {
  useTitle("No such page");
  return (
    <Empty
      heading="h1"
      icon={<Compass aria-hidden />}
      title="There is no such page"
      actions={
        <Link to="/runs" className={buttonLook("primary")}>
          To the runs
        </Link>
      }
    >
      The address may be mistyped, or from another version of AgentSkills.
    </Empty>
  );
}
