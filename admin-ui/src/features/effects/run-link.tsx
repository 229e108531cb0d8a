/** A run that an effect tells of. */
import { Link } from "@tanstack/react-router";
import { EndKept } from "@/components/end-kept";

/** A run by its name; where it has gone, its id without a link. */
export function RunLink({ thread, name, step }: { thread: string; name: string | null; step: number }) {
  if (name === null) {
    return (
      <span className="block font-mono text-xs text-ink-soft" title={`${thread} has gone`}>
        <EndKept text={thread} />
      </span>
    );
  }
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: thread }}
      search={{ at: step }}
      title={thread}
      className="block font-medium hover:text-accent"
    >
      <EndKept text={name} />
    </Link>
  );
}
