/** The frame around every page: navigation at the left, or on top of small screens. */
import { Link } from "@tanstack/react-router";
import { type LucideIcon, Monitor, Moon, Plus, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";
import { type Theme, useTheme } from "@/lib/theme";
import { buttonLook } from "./button";
import { Navigation } from "./navigation";

interface LayoutProps {
  /** At the end of the navigation: what the server says about itself. */
  foot?: ReactNode;
  /** How much waits for people. */
  waiting?: number;
  children: ReactNode;
}

export function Layout({ foot, waiting, children }: LayoutProps) {
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[14rem_1fr]">
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <aside className="flex flex-col gap-5 border-r bg-surface px-3 py-4 max-lg:sticky max-lg:top-0 max-lg:z-30 max-lg:flex-row max-lg:items-center max-lg:gap-3 max-lg:border-r-0 max-lg:border-b max-lg:px-4 max-lg:py-2.5 lg:sticky lg:top-0 lg:h-dvh">
        <Link
          to="/runs"
          className="flex items-center gap-2.5 rounded-lg px-2 py-1 font-semibold tracking-tight"
        >
          <img src="/ui/favicon.svg" alt="" className="size-6 shrink-0" />
          <span className="max-md:sr-only">AgentSkills</span>
        </Link>
        <Link
          to="/new"
          className={cx(buttonLook("primary"), "max-lg:order-last max-lg:ml-auto max-lg:h-8 max-lg:px-3")}
        >
          <Plus aria-hidden /> <span className="max-sm:sr-only">New run</span>
        </Link>
        <Navigation counts={{ "/inbox": waiting ?? 0 }} />
        <div className="mt-auto space-y-3 max-lg:mt-0">
          {foot && <div className="max-lg:hidden">{foot}</div>}
          <ThemeChoice />
        </div>
      </aside>
      <main id="main" tabIndex={-1} className="min-w-0 focus:outline-none">
        {children}
      </main>
    </div>
  );
}

const THEMES: { theme: Theme; word: string; icon: LucideIcon }[] = [
  { theme: "light", word: "Light", icon: Sun },
  { theme: "system", word: "As the system", icon: Monitor },
  { theme: "dark", word: "Dark", icon: Moon },
];

function ThemeChoice() {
  const [chosen, choose] = useTheme();
  return (
    <fieldset aria-label="Theme" className="flex w-fit rounded-lg bg-sunken p-0.5 max-md:hidden">
      {THEMES.map(({ theme, word, icon: Icon }) => (
        <button
          key={theme}
          type="button"
          aria-label={word}
          title={word}
          aria-pressed={chosen === theme}
          onClick={() => choose(theme)}
          className="rounded-md p-1.5 text-ink-faint hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card"
        >
          <Icon className="size-3.5" aria-hidden />
        </button>
      ))}
    </fieldset>
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
          <h1 className="text-2xl leading-tight font-semibold tracking-tight break-words">{title}</h1>
          {subtitle !== undefined && <div className="mt-1 text-ink-soft">{subtitle}</div>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}
