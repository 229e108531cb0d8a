/** Names that are pinned in this browser, so that they stand first. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const NONE: readonly string[] = [];
const known = new Map<string, { text: string; names: readonly string[] }>();
/** What storage would hold where it is blocked: the pins then last as long as the page. */
const kept = new Map<string, string>();

function read(store: string): string {
  try {
    return localStorage.getItem(store) ?? "";
  } catch {
    return kept.get(store) ?? "";
  }
}

function namesIn(store: string): readonly string[] {
  const text = read(store);
  const last = known.get(store);
  if (last?.text === text) return last.names;
  const names = text === "" ? NONE : text.split("\n");
  known.set(store, { text, names });
  return names;
}

function write(store: string, names: readonly string[]) {
  const text = names.join("\n");
  try {
    localStorage.setItem(store, text);
  } catch {
    kept.set(store, text);
  }
  for (const tell of listeners) tell();
}

/** Other tabs of this browser tell by the storage event. */
function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  window.addEventListener("storage", tell);
  return () => {
    listeners.delete(tell);
    window.removeEventListener("storage", tell);
  };
}

/** The pinned names of one kind, and a function that pins one or takes its pin away. */
export function usePins(kind: string): [readonly string[], (name: string) => void] {
  const store = `asf-pinned-${kind}`;
  const names = useSyncExternalStore(subscribe, () => namesIn(store));
  const toggle = (name: string) =>
    write(store, names.includes(name) ? names.filter((other) => other !== name) : [...names, name]);
  return [names, toggle];
}
