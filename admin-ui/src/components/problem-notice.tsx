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
  "effect-not-found": "There is no such effect",
  "sop-not-found": "There is no such procedure",
  "delivery-not-found": "There is no such delivery",
  "out-of-date": "This has changed meanwhile",
  "already-finished": "The run has finished meanwhile",
  "not-waiting": "Somebody has answered already",
  "version-missing": "A skill version is missing",
  "id-taken": "There is a run with this id already",
  "idempotency-key-reused": "This was sent once already, with something else in it",
  "forbidden-origin": "The server does not accept this page",
  "ui-error": "The page could not show this",
  unauthorized: "You are not signed in",
};

/** In place of the server's words, which the title says already. */
const SAID: Record<string, string> = {
  unauthorized: "Sign in, then try again.",
  unreachable: "It may be restarting. Try again in a moment.",
};

/** What an error of a kind that has no title of its own is called, and what to do about it. */
const KINDS: { from: number; title: string; advice?: string }[] = [
  {
    from: 500,
    title: "Something went wrong in the server",
    advice: "If trying again does not help, look there.",
  },
  { from: 422, title: "The server can't use what was sent" },
  { from: 413, title: "That is too large" },
  { from: 410, title: "This is gone" },
  { from: 409, title: "That can't be done as things stand" },
  { from: 404, title: "There is no such thing" },
  { from: 403, title: "That is not allowed" },
  { from: 400, title: "The server can't use what was sent" },
  { from: 0, title: "That did not work" },
];
const COPIED = "Its id may not have been copied whole: the list has all there are.";
const DELETED = "It may have been deleted: the list has all there are.";
/** What to do, where the server's own words leave it open. */
const ADVICE: Record<string, string> = {
  "run-not-found": COPIED,
  "run-deleted": "Another run of its family may do instead.",
  "skill-not-found": "It may have been renamed: the list has all there are.",
  "schedule-not-found": DELETED,
  "policy-not-found": DELETED,
  "webhook-not-found": DELETED,
  "sop-not-found": DELETED,
  "batch-not-found": COPIED,
  "effect-not-found": "The list of effects has all there are.",
  "forbidden-origin": "Open the pages under the address that the server was started with.",
  "not-waiting": "Load the page again to see the answer.",
};

export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asApiError(error);
  const kind = KINDS.find(({ from }) => problem.status >= from);
  const advice = ADVICE[problem.type] ?? (problem.type in TITLES ? undefined : kind?.advice);
  return (
    <Notice
      kind="bad"
      title={TITLES[problem.type] ?? kind?.title}
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
      {SAID[problem.type] ??
        (advice === undefined ? problem.detail : `${sentence(problem.detail)} ${advice}`)}
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

/** The server's words, which begin in lower case and have no end; an id at their beginning stays as it is. */
function sentence(words: string): string {
  const begun = words.replace(/^there is /, "There is ");
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Whether asking again can help: no answer, or trouble on the server's side. */
function mayPass(status: number): boolean {
  return status === 0 || status >= 500;
}
