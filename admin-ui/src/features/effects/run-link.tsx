/** A run that an effect tells of. */
import { Link } from "@tanstack/react-router";

/** A run by its name; where it has gone, its id without a link. */
export function RunLink({ thread, name, step }: { thread: string; name: string | null; step: number }) {
  if (name === null) {
    return (
      <span className="block truncate font-mono text-xs text-ink-soft" title={`${thread} has gone`}>
        {thread}
      </span>
    );
  }
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: thread }}
      hash={`step-${step}`}
      title={thread}
      className="block truncate font-medium hover:text-accent"
    >
      {name}
    </Link>
  );
}
