/** Sends a person's answer; an answer that came too late brings the page up to date. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { answerWait, type Decision, type Waiting } from "@/lib/api";
import { asApiError } from "@/lib/problem";
import { runKeys } from "@/queries/runs";

const STALE = ["out-of-date", "not-waiting", "already-finished"];

export function useAnswer(threadId: string, wait: Waiting) {
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: runKeys.run(threadId) });
  return useMutation({
    mutationFn: (answer: Omit<Decision, "step" | "digest">) =>
      answerWait(threadId, { ...answer, step: wait.step, ...(wait.digest ? { digest: wait.digest } : {}) }),
    onSuccess: refresh,
    onError: (error) => {
      if (STALE.includes(asApiError(error).type)) refresh();
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
