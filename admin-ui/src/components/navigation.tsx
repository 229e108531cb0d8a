/** The pages, grouped: a column at the left, or a menu that unfolds on small screens. */
import { Link, useRouterState } from "@tanstack/react-router";
import {
  CalendarClock,
  CircleX,
  FlaskConical,
  Inbox,
  Layers,
  ListChecks,
  type LucideIcon,
  Menu,
  RefreshCcwDot,
  Send,
  Sparkles,
  Webhook,
  X,
} from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { cx } from "@/lib/class-names";

export interface PageGroup {
  word: string;
  links: PageLink[];
}

export interface PageLink {
  to:
    | "/runs"
    | "/inbox"
    | "/failures"
    | "/batches"
    | "/backtests"
    | "/schedules"
    | "/policies"
    | "/webhooks"
    | "/effects"
    | "/skills";
  word: string;
  icon: LucideIcon;
  /** Pressed after g, it leads there. */
  letter: string;
}

export const GROUPS: PageGroup[] = [
  {
    word: "Work",
    links: [
      { to: "/runs", word: "Runs", icon: ListChecks, letter: "r" },
      { to: "/inbox", word: "Inbox", icon: Inbox, letter: "i" },
      { to: "/failures", word: "Failures", icon: CircleX, letter: "f" },
      { to: "/batches", word: "Batches", icon: Layers, letter: "b" },
      { to: "/backtests", word: "Backtests", icon: FlaskConical, letter: "t" },
    ],
  },
  {
    word: "By itself",
    links: [
      { to: "/schedules", word: "Schedules", icon: CalendarClock, letter: "s" },
      { to: "/policies", word: "Policies", icon: RefreshCcwDot, letter: "p" },
      { to: "/webhooks", word: "Webhooks", icon: Webhook, letter: "w" },
    ],
  },
  {
    word: "Reference",
    links: [
      { to: "/effects", word: "Effects", icon: Send, letter: "e" },
      { to: "/skills", word: "Skills", icon: Sparkles, letter: "k" },
    ],
  },
];

interface NavigationProps {
  /** How much stands behind an entry; nothing is said of 0. */
  counts?: Partial<Record<PageLink["to"], number>>;
  /** Ends the menu of small screens. */
  foot: ReactNode;
}

export function Navigation({ counts = {}, foot }: NavigationProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const page = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever has come to another page has chosen
  useEffect(() => setOpen(false), [page]);
  const button = useRef<HTMLButtonElement>(null);
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        onKeyDown={closeByKey}
        className="inline-flex h-9 items-center gap-2 rounded-lg px-2 text-[0.8125rem] font-medium text-ink-soft hover:bg-hover lg:hidden"
      >
        {open ? <X className="size-4" aria-hidden /> : <Menu className="size-4" aria-hidden />} Menu
        {!open && <Count of={Object.values(counts).reduce((sum, count) => sum + count, 0)} />}
      </button>
      <nav
        id={id}
        aria-label="Main"
        onKeyDown={closeByKey}
        className={cx(
          "flex min-h-0 flex-col gap-4 overflow-y-auto",
          "max-lg:absolute max-lg:inset-x-0 max-lg:top-full max-lg:grid max-lg:max-h-[calc(100dvh-4rem)] max-lg:grid-cols-2 max-lg:border-b max-lg:bg-surface max-lg:px-3 max-lg:py-4 max-lg:shadow-float",
          !open && "max-lg:!hidden",
        )}
      >
        {GROUPS.map(({ word: group, links }) => (
          <div key={group} className="flex flex-col gap-0.5">
            <div className="px-2.5 pb-1 text-2xs font-medium tracking-wide text-ink-faint uppercase">
              {group}
            </div>
            {links.map(({ to, word, icon: Icon }) => (
              <Link
                key={to}
                to={to}
                onClick={() => setOpen(false)}
                className="flex h-8.5 items-center gap-2.5 rounded-lg px-2.5 text-[0.8125rem] font-medium text-ink-soft transition-colors hover:bg-hover hover:text-ink max-lg:h-10"
                activeProps={{ className: "!bg-accent-soft !text-accent" }}
              >
                <Icon className="size-4 shrink-0" aria-hidden /> {word}
                <Count of={counts[to] ?? 0} />
              </Link>
            ))}
          </div>
        ))}
        <div className="col-span-2 border-t pt-3 lg:hidden">{foot}</div>
      </nav>
    </>
  );
}

function Count({ of }: { of: number }) {
  if (of === 0) return null;
  return (
    <span className="ml-auto rounded-full bg-wait-soft px-1.5 text-2xs leading-5 text-wait tabular">
      {of > 999 ? "999+" : of}
      <span className="sr-only"> waiting</span>
    </span>
  );
}
