/** Leads to the rerun dialog with a produced value to be edited. */
import { Link } from "@tanstack/react-router";
import { PenLine } from "lucide-react";

export function CorrectLink({ threadId, path }: { threadId: string; path: string }) {
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId }}
      search={({ step: _, ...now }) => ({ ...now, rerun: "only-what-changed", correct: path })}
      resetScroll={false}
      title="Correct and rerun"
      aria-label={`Correct ${path} and rerun`}
      className="inline-flex rounded p-1 text-ink-faint hover:bg-hover hover:text-accent"
    >
      <PenLine className="size-3.5" aria-hidden />
    </Link>
  );
}
