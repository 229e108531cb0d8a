/** Opens the search over everything. */
import { Search } from "lucide-react";
import { COMMAND } from "@/lib/shortcut";
import { Keys } from "./keys";

export function SearchButton({ onSearch }: { onSearch: () => void }) {
  return (
    <button
      type="button"
      onClick={onSearch}
      aria-keyshortcuts="Meta+K Control+K"
      className="flex h-8.5 items-center gap-2 rounded-lg border bg-canvas px-2.5 text-[0.8125rem] text-ink-faint transition-colors hover:border-line-strong/60 hover:text-ink max-lg:size-8 max-lg:justify-center max-lg:px-0"
    >
      <Search className="size-4 shrink-0" aria-hidden />
      <span className="grow text-left max-lg:sr-only">Search</span>
      <span className="max-lg:hidden" aria-hidden>
        <Keys keys={`${COMMAND}K`} />
      </span>
    </button>
  );
}
