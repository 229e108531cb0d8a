/** An error of the server, in words that say what to do. */
import { RotateCw } from "lucide-react";
import { asApiError } from "@/lib/problem";
import { Button, buttonLook } from "./button";
import { Notice } from "./notice";

const TITLES: Record<string, string> = {
  unreachable: "The server can't be reached",
  "database-gone": "The database can't be reached",
  "narrow-the-filter": "That search took too long",
  "run-not-found": "There is no such run",
  "run-deleted": "This run has been deleted",
  "skill-not-found": "There is no such skill",
  "schedule-not-found": "There is no such schedule",
  "policy-not-found": "There is no such policy",
  "webhook-not-found": "There is no such webhook",
  "batch-not-found": "There is no such batch",
  unauthorized: "You are not signed in",
};

export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asApiError(error);
  return (
    <Notice
      kind="bad"
      title={TITLES[problem.type] ?? "That did not work"}
      actions={
        problem.type === "unauthorized" ? (
          <a href="/ui/login" target="_blank" rel="noreferrer" className={buttonLook("secondary", "sm")}>
            Sign in
          </a>
        ) : (
          onRetry &&
          mayPass(problem.status) && (
            <Button size="sm" icon={<RotateCw aria-hidden />} onClick={onRetry}>
              Try again
            </Button>
          )
        )
      }
    >
      {problem.type === "unauthorized" ? "Sign in, then try again." : problem.detail}
      {problem.errors.length > 1 && (
        <ul className="mt-1 list-disc pl-5">
          {problem.errors.map(({ pointer, message }) => (
            <li key={pointer + message}>
              <code className="font-mono text-xs">{pointer || "body"}</code> {message}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

/** Whether asking again can help: no answer, or trouble on the server's side. */
function mayPass(status: number): boolean {
  return status === 0 || status >= 500;
}
