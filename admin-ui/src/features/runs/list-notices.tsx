/** What stands around the rows: what is new, what could not be loaded, and where the list ends. */
import { ArrowUp, LoaderCircle, RotateCw } from "lucide-react";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { asApiError } from "@/lib/problem";
import { clockTime } from "@/lib/time";

/** Waits until somebody wants it, so that no row moves under the pointer. */
export function NewRuns({ count, most, onShow }: { count: number; most: boolean; onShow: () => void }) {
  if (count === 0) return null;
  const text = `${count.toLocaleString("en")}${most ? "+" : ""} new ${count === 1 ? "run" : "runs"}`;
  return (
    <div className="sticky top-2 z-20 -mb-9 flex h-9 justify-center max-lg:top-16">
      <Button
        size="sm"
        look="primary"
        icon={<ArrowUp aria-hidden />}
        onClick={onShow}
        className="animate-enter rounded-full! px-3.5 shadow-float"
      >
        <span aria-live="polite">{text}</span>
      </Button>
    </div>
  );
}

/** The rows stay; they are just no longer the latest. */
export function Behind({ error, since, onRetry }: { error: unknown; since: number; onRetry: () => void }) {
  return (
    <Notice
      kind="wait"
      className="sticky top-2 z-20 mb-4 shadow-float max-lg:top-16"
      title={asApiError(error).detail}
      actions={
        <Button size="sm" icon={<RotateCw aria-hidden />} onClick={onRetry}>
          Try now
        </Button>
      }
    >
      The rows are as of {clockTime(since)}. They follow again once the server answers.
    </Notice>
  );
}

interface EndOfListProps {
  loaded: number;
  more: boolean;
  loading: boolean;
  error: unknown;
  onMore: () => void;
}

export function EndOfList({ loaded, more, loading, error, onMore }: EndOfListProps) {
  return (
    <div className="flex min-h-13 items-center justify-center gap-3 border-t px-5 py-2.5 text-[0.8125rem] text-ink-faint">
      {error !== null && more && <span className="text-bad">Older runs could not be loaded.</span>}
      {more ? (
        <Button size="sm" look="ghost" busy={loading} onClick={onMore}>
          {error === null ? "Load older runs" : "Try again"}
        </Button>
      ) : (
        <span>
          That is all: {loaded.toLocaleString("en")} {loaded === 1 ? "run" : "runs"}
        </span>
      )}
      {loading && <LoaderCircle className="sr-only" aria-label="Loading older runs" />}
    </div>
  );
}
