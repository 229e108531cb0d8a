/** The reruns below a root, in a list that shows only roots. */
import { Link } from "@tanstack/react-router";
import { ListTree } from "lucide-react";
import type { RunItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { STATUS, type Tone } from "@/lib/status";

const INKS: Record<Tone, string> = {
  good: "text-good",
  bad: "text-bad",
  wait: "text-wait",
  busy: "text-busy",
  idle: "text-idle",
};

export function FamilyInShort({ root, family }: { root: string; family: NonNullable<RunItem["family"]> }) {
  const { reruns, latest } = family;
  if (reruns === 0) return null;
  const state = latest && STATUS[latest.status];
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: root }}
      search={{ tab: "family" }}
      className="inline-flex max-w-full items-center gap-1 text-xs text-ink-soft hover:text-accent hover:underline"
    >
      <ListTree className="size-3.5 shrink-0" aria-hidden />
      <span className="min-w-0 truncate">
        {reruns.toLocaleString("en")} {reruns === 1 ? "rerun" : "reruns"}
        {state && (
          <>
            , latest: <span className={cx("font-medium", INKS[state.tone])}>{state.word.toLowerCase()}</span>
          </>
        )}
      </span>
    </Link>
  );
}
