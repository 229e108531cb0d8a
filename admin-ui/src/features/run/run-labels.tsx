/** The labels of a run (its metadata), the first few. */
import { Link } from "@tanstack/react-router";
import { Badge } from "@/components/badge";
import type { RunDetail } from "@/lib/api";
import { writeJson } from "@/lib/json";

const FIRST = 8;

export function RunLabels({ run }: { run: RunDetail }) {
  const labels = Object.entries(run.metadata);
  if (labels.length === 0) return null;
  return (
    <ul aria-label="Labels" className="flex min-w-0 flex-wrap gap-1.5">
      {labels.slice(0, FIRST).map(([key, value]) => (
        <li key={key} className="max-w-full">
          <Badge wraps>
            <span className="text-ink-faint">{key}</span>
            {typeof value === "string" ? value : writeJson(value)}
          </Badge>
        </li>
      ))}
      {labels.length > FIRST && (
        <li className="text-xs">
          <Link
            to="/runs/$threadId"
            params={{ threadId: run.thread_id }}
            search={{ tab: "request" }}
            resetScroll={false}
            className="text-accent hover:underline"
          >
            and {labels.length - FIRST} more
          </Link>
        </li>
      )}
    </ul>
  );
}
