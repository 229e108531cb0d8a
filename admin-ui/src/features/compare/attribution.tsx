/** Find out which: reruns with one differing ingredient each, and what each of them has brought. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/problem-notice";
import { StatusPill } from "@/components/status-pill";
import { attributeDifferences, type RunComparison, type Tried } from "@/lib/api";
import { newKey } from "@/lib/request-key";
import type { Tone } from "@/lib/status";
import { comparisonKey } from "@/queries/comparison";

const TRIED = new Set(["input", "skill_version", "model", "sop"]);
const BRINGS: Record<NonNullable<Tried["brings"]>, { word: string; tone: Tone }> = {
  all: { word: "brings all of it", tone: "good" },
  some: { word: "brings some of it", tone: "wait" },
  none: { word: "brings none of it", tone: "idle" },
};

export function Attribution({ found }: { found: RunComparison }) {
  const { left, right, origins, attribution } = found;
  const queries = useQueryClient();
  const [key, setKey] = useState(newKey);
  const start = useMutation({
    mutationFn: () => attributeDifferences(left.thread_id, right.thread_id, key),
    onSuccess: () => {
      setKey(newKey());
      return queries.invalidateQueries({ queryKey: comparisonKey(left.thread_id, right.thread_id) });
    },
  });
  const candidates = origins.filter(({ kind }) => TRIED.has(kind)).length;
  if (candidates < 2 && attribution.length === 0) return null;
  return (
    <div className="mt-3">
      {attribution.length > 0 && (
        <ul aria-label="Tried one at a time" className="mb-3 divide-y rounded-lg border">
          {attribution.map((tried) => (
            <li
              key={tried.thread_id}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-[0.8125rem]"
            >
              <span>
                With only <strong className="font-semibold">{nameOf(tried)}</strong>
              </span>
              {tried.brings ? (
                <Badge tone={BRINGS[tried.brings].tone}>{BRINGS[tried.brings].word}</Badge>
              ) : (
                <StatusPill status={tried.status} />
              )}
              <Link
                to="/runs/$threadId"
                params={{ threadId: tried.thread_id }}
                className="ml-auto min-w-0 font-mono text-xs break-all text-accent hover:underline max-md:ml-0"
              >
                {tried.thread_id}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <Button
        size="sm"
        icon={<FlaskConical aria-hidden />}
        busy={start.isPending}
        onClick={() => start.mutate()}
        title="Reruns the left run once for each ingredient, with only that one from the right run; nothing goes out"
      >
        {attribution.length > 0 ? "Try each again" : "Find out which"}
      </Button>
      {start.isError && (
        <div className="mt-3">
          <ProblemNotice error={start.error} />
        </div>
      )}
    </div>
  );
}

function nameOf({ ingredient: { kind, path, skill } }: Tried): string {
  return [kind.replace("_", " "), path ?? skill].filter(Boolean).join(" ");
}
