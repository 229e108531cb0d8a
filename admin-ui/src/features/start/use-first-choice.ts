/** What a run would begin with: asked once typing pauses; the last answer stays until the next is there. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { FirstChoice, StartRequest } from "@/lib/api";
import { type ApiError, asApiError } from "@/lib/problem";
import { firstChoiceOptions } from "@/queries/plan";
import { textOfRequest } from "./start-draft";

const PAUSE_MS = 300;

export interface ShownChoice {
  choice: FirstChoice | null;
  /** Whether it is that of what stands in the form now. */
  current: boolean;
  error: ApiError | null;
}

export function useFirstChoice(request: StartRequest | null): ShownChoice {
  const wanted = textOfRequest(request);
  const [asked, setAsked] = useState(request);
  const latest = useRef(request);
  latest.current = request;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the request
  useEffect(() => {
    const timer = setTimeout(() => setAsked(latest.current), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const query = useQuery({ ...firstChoiceOptions(asked ?? {}), enabled: asked !== null });
  const last = useRef<FirstChoice | null>(null);
  if (query.data) last.current = query.data;
  const settled = wanted !== null && wanted === textOfRequest(asked);
  const error = settled && query.isError ? asApiError(query.error) : null;
  return {
    choice: wanted === null || error ? null : last.current,
    current: settled && query.data !== undefined,
    error,
  };
}
