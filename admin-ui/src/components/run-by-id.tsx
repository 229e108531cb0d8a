/** A run of which only the id is known. */
import { Link } from "@tanstack/react-router";
import { EndKept } from "./end-kept";

export function RunById({ id }: { id: string }) {
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: id }}
      title={id}
      className="block max-w-full font-mono text-xs text-ink hover:text-accent"
    >
      <EndKept text={id} />
    </Link>
  );
}
