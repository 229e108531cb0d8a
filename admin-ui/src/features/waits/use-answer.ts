/** Sends a person's answer; an answer that came too late brings the page up to date. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { answerWait, type Decision, type Waiting } from "@/lib/api";
import { type ApiError, asApiError } from "@/lib/problem";
import { runKeys } from "@/queries/runs";
import { waitKeys } from "@/queries/waits";
import { forget, questionKey } from "./kept";

const STALE = ["out-of-date", "not-waiting", "already-finished", "run-not-found", "run-deleted"];

/** What is told of an answer beyond the form. */
export interface Heard {
  onAnswered?: () => void;
  /** The answer came too late: somebody was quicker, or what was shown has changed. */
  onTooLate?: (error: ApiError) => void;
}

export interface QuestionProps extends Heard {
  threadId: string;
  wait: Waiting;
  /** More about what is asked, before the answers. */
  about?: ReactNode;
  /** Whether `a` says yes. */
  byKey?: boolean;
}

export function useAnswer(threadId: string, wait: Waiting, { onAnswered, onTooLate }: Heard = {}) {
  const queries = useQueryClient();
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: runKeys.run(threadId) });
    void queries.invalidateQueries({ queryKey: waitKeys.all });
  };
  return useMutation({
    mutationFn: (answer: Omit<Decision, "step" | "digest">) =>
      answerWait(threadId, { ...answer, step: wait.step, ...(wait.digest ? { digest: wait.digest } : {}) }),
    onSuccess: () => {
      forget(questionKey(threadId, wait));
      refresh();
      onAnswered?.();
    },
    onError: (error) => {
      const problem = asApiError(error);
      if (!STALE.includes(problem.type)) return;
      if (problem.type !== "out-of-date") forget(questionKey(threadId, wait));
      refresh();
      onTooLate?.(problem);
    },
  });
}

/** Server messages about `data`, by the field's path. */
export function fieldErrors(error: unknown): Record<string, string> {
  const found = error === null ? [] : asApiError(error).errors;
  return Object.fromEntries(
    found
      .filter(({ pointer }) => pointer.startsWith("/data/"))
      .map(({ pointer, message }) => [
        pointer
          .slice("/data/".length)
          .split("/")
          .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"))
          .join("."),
        message,
      ]),
  );
}
