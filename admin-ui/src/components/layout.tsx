/** The frame around every page: navigation at the left, or on top of small screens. */
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";
import { buttonLook } from "./button";
import { FrameButtons } from "./frame-buttons";
import { Navigation } from "./navigation";
import { SearchButton } from "./search-button";

interface LayoutProps {
  /** Ends the navigation: what the server says about itself. */
  foot?: ReactNode;
  /** What concerns every page stands above it. */
  notice?: ReactNode;
  /** How much waits for people. */
  waiting: number;
  onSearch: () => void;
  onShortcuts: () => void;
  children: ReactNode;
}

export function Layout({ foot, notice, waiting, onSearch, onShortcuts, children }: LayoutProps) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14rem_1fr] print:block">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <aside
        aria-label="Navigation and search"
        className="flex flex-col gap-4 border-r bg-surface px-3 py-4 max-lg:sticky max-lg:top-0 max-lg:z-30 max-lg:flex-row max-lg:items-center max-lg:gap-2 max-lg:border-r-0 max-lg:border-b max-lg:px-4 max-lg:py-2.5 lg:sticky lg:top-0 lg:h-dvh print:hidden"
      >
        <Link
          to="/runs"
          className="flex items-center gap-2.5 rounded-lg px-2 py-1 font-semibold tracking-tight"
        >
          <img src="/ui/favicon.svg" alt="" className="size-6 shrink-0" />
          <span className="max-md:sr-only">AgentSkills</span>
        </Link>
        <div className="flex flex-col gap-2 max-lg:order-last max-lg:ml-auto max-lg:flex-row-reverse">
          <Link to="/new" className={cx(buttonLook("primary"), "max-lg:h-8 max-lg:px-3")}>
            <Plus aria-hidden /> <span className="max-sm:sr-only">New run</span>
          </Link>
          <SearchButton onSearch={onSearch} />
        </div>
        <Navigation counts={{ "/inbox": waiting }} foot={<FrameButtons onShortcuts={onShortcuts} />} />
        <div className="mt-auto space-y-3 max-lg:hidden">
          {foot}
          <FrameButtons onShortcuts={onShortcuts} />
        </div>
      </aside>
      <div className="min-w-0">
        {notice}
        <main id="main" tabIndex={-1} className="min-w-0 focus:outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}

interface PageProps {
  title: ReactNode;
  subtitle?: ReactNode;
  /** At the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, subtitle, actions, children }: PageProps) {
  return (
    <div className="mx-auto max-w-[84rem] px-8 py-8 max-md:px-4 max-md:py-5">
      <header className="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 grow basis-80">
          <h1
            tabIndex={-1}
            className="text-2xl leading-tight font-semibold tracking-tight break-words focus:outline-none"
          >
            {title}
          </h1>
          {subtitle !== undefined && <div className="mt-1 text-ink-soft">{subtitle}</div>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
