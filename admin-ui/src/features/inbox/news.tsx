/** What became of an answer that was not simply taken, or of many at once. */
import { Link } from "@tanstack/react-router";
import { X } from "lucide-react";
import { Notice } from "@/components/notice";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import type { AnsweredMany, GivenAnswer, Wait } from "@/lib/api/waits";
import type { ApiError } from "@/lib/problem";
import { DID } from "./decisions";
import { questionOf } from "./summary";

/** One answer that was not taken, with whoever was quicker. */
interface Refused {
  title: string;
  thread_id: string;
  detail: string;
  answered: GivenAnswer | null;
}

export interface News {
  title: string;
  kind: "info" | "wait";
  refused: Refused[];
}

export function newsOf(error: ApiError, wait: Wait): News {
  const answered = (error.problem.answered as GivenAnswer | null | undefined) ?? null;
  const changed = error.type === "out-of-date";
  const title = changed
    ? "What this shows has just changed. Please look again."
    : answered
      ? "Somebody else was quicker"
      : "This does not wait any more";
  return {
    title,
    kind: "wait",
    refused: changed ? [] : [{ ...named(wait), detail: error.detail, answered }],
  };
}

export function newsOfMany(outcome: AnsweredMany, waits: Wait[]): News {
  const refused = outcome.items.flatMap(({ thread_id, step, problem }): Refused[] => {
    const wait = waits.find((one) => one.thread_id === thread_id && one.step === step);
    if (!problem || !wait) return [];
    return [{ ...named(wait), detail: problem.detail, answered: problem.answered as GivenAnswer | null }];
  });
  const taken = `${outcome.answered} ${outcome.answered === 1 ? "answer was" : "answers were"} taken`;
  return {
    title: refused.length > 0 ? `${taken}, ${refused.length} not` : taken,
    kind: refused.length > 0 ? "wait" : "info",
    refused,
  };
}

const named = (wait: Wait) => ({ title: `${wait.run_name}: ${questionOf(wait)}`, thread_id: wait.thread_id });

export function NewsNotice({ news, onClose }: { news: News; onClose: () => void }) {
  return (
    <Notice
      kind={news.kind}
      className="mb-4"
      title={
        <span className="flex items-start justify-between gap-3">
          {news.title}
          <button
            type="button"
            aria-label="Dismiss"
            onClick={onClose}
            className="rounded p-0.5 hover:bg-hover"
          >
            <X className="size-4" aria-hidden />
          </button>
        </span>
      }
    >
      {news.refused.length > 0 && (
        <ul className="mt-1 space-y-1">
          {news.refused.map(({ title, thread_id, detail, answered }) => (
            <li key={`${thread_id} ${title}`}>
              <Link
                to="/runs/$threadId"
                params={{ threadId: thread_id }}
                className="font-medium text-accent hover:underline"
              >
                {title}
              </Link>{" "}
              {answered ? (
                <>
                  {DID[answered.decision ?? ""] ?? "Answered"} <When at={answered.at} /> by{" "}
                  {actorText(answered.by)}.{answered.note && ` “${answered.note}”`}
                </>
              ) : (
                detail
              )}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}
