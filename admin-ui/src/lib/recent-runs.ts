/** The runs whose pages were opened in this browser, the last one first. */
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { preference, usePreference } from "./preference";

const MOST = 6;

/** Encoded ids with blanks between. */
const kept = preference<string>({
  key: "asf-recent-runs",
  fallback: "",
  valid: (text): text is string => idsOf(text).length > 0,
});

/** The ids in a kept text; none where something else stands there. */
export function idsOf(text: string): string[] {
  try {
    return text
      .split(" ")
      .filter((id) => id !== "")
      .map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** The kept text once a run has been opened. */
export function recentAfter(text: string, opened: string): string {
  const others = idsOf(text).filter((id) => id !== opened);
  return [opened, ...others].slice(0, MOST).map(encodeURIComponent).join(" ");
}

/** Keeps the run whose page is open. */
export function useRememberRun(): void {
  const { threadId } = useParams({ strict: false });
  useEffect(() => {
    if (threadId !== undefined) kept.set(recentAfter(kept.get(), threadId));
  }, [threadId]);
}

export function useRecentRuns(): string[] {
  return idsOf(usePreference(kept));
}
