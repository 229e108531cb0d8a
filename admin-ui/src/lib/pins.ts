/** Skills that are pinned in this browser, so that they stand first. */
import { useMemo } from "react";
import { preference, usePreference } from "./preference";

/** Names, one a line. */
const pinned = preference<string>({
  key: "asf-pinned-skills",
  fallback: "",
  valid: (text): text is string => text !== "",
});

const namesIn = (text: string): string[] => text.split("\n").filter(Boolean);

function toggle(name: string): void {
  const names = namesIn(pinned.get());
  pinned.set((names.includes(name) ? names.filter((other) => other !== name) : [...names, name]).join("\n"));
}

/** The pinned names, and a function that pins one or takes its pin away. */
export function usePinnedSkills(): [readonly string[], (name: string) => void] {
  const text = usePreference(pinned);
  return [useMemo(() => namesIn(text), [text]), toggle];
}
