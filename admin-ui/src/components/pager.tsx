/** Moves through a list by keyset; the way back is kept with the history entry. */
import { Link, useRouterState } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { buttonLook } from "./button";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Cursors of the pages before this one; "" is the first page. */
    trail?: string[];
  }
}

interface PagerProps {
  /** Of the page shown; none on the first one. */
  cursor: string | undefined;
  next: string | null;
  /** The first page, towards it, away from it. */
  words?: { first: string; back: string; on: string };
}

const BY_TIME = { first: "Newest", back: "Newer", on: "Older" };
export const BY_POSITION = { first: "First", back: "Back", on: "Next" };

export function Pager({ cursor, next, words = BY_TIME }: PagerProps) {
  const trail = useRouterState({ select: (state) => state.location.state.trail }) ?? [];
  if (!cursor && !next) return null;
  const before = trail.at(-1);
  return (
    <nav aria-label="Pages" className="flex items-center justify-between border-t px-5 py-3 max-md:px-4">
      {cursor ? (
        <Link
          to="."
          search={(now: object) => ({ ...now, cursor: before || undefined })}
          state={{ trail: trail.slice(0, -1) }}
          className={buttonLook("secondary", "sm")}
        >
          <ChevronLeft aria-hidden /> {before === undefined ? words.first : words.back}
        </Link>
      ) : (
        <span />
      )}
      {next && (
        <Link
          to="."
          search={(now: object) => ({ ...now, cursor: next })}
          state={{ trail: [...trail, cursor ?? ""] }}
          className={buttonLook("secondary", "sm")}
        >
          {words.on} <ChevronRight aria-hidden />
        </Link>
      )}
    </nav>
  );
}
