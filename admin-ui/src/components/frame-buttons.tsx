/** What is at hand on every page: theme, shortcuts, settings. */
import { Link } from "@tanstack/react-router";
import { Keyboard, Settings } from "lucide-react";
import { ThemeChoice } from "./theme-choice";

const LOOK =
  "inline-flex h-8 items-center gap-2 rounded-lg px-2 text-[0.8125rem] font-medium text-ink-soft transition-colors hover:bg-hover hover:text-ink";

export function FrameButtons({ onShortcuts }: { onShortcuts: () => void }) {
  return (
    <div className="flex items-center justify-between gap-1">
      <ThemeChoice />
      <div className="flex">
        <button
          type="button"
          onClick={onShortcuts}
          aria-keyshortcuts="?"
          title="Keyboard shortcuts (?)"
          className={LOOK}
        >
          <Keyboard className="size-4" aria-hidden />
          <span className="sr-only">Keyboard shortcuts</span>
        </button>
        <Link
          to="/settings"
          title="Settings"
          className={LOOK}
          activeProps={{ className: "!bg-accent-soft !text-accent" }}
        >
          <Settings className="size-4" aria-hidden />
          <span className="lg:sr-only">Settings</span>
        </Link>
      </div>
    </div>
  );
}
