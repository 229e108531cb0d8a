/**
 * Shortcuts that stay out of the way of typing and of open dialogs, and the list of those in force. A shortcut is
 * one key, or two that are pressed one after the other ("g r").
 */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** As `KeyboardEvent.key` names it; a blank stands between two keys. */
  key: string;
  /** What it does, as the sheet of shortcuts says it: "Rerun this run". */
  what: string;
  /** In force on every page; a page's own shortcut of the same key comes first. */
  general: boolean;
  act: () => void;
}

/** Keys that go on while they are held down; whatever else they do, others act once. */
const WALKING = ["j", "k", "h", "l", "n", "N"];

/** Milliseconds within which the second of two keys must follow. */
const FOLLOWS = 1200;

let inForce: readonly Shortcut[] = [];
const listeners = new Set<() => void>();
let first: { key: string; at: number } | null = null;

function put(next: readonly Shortcut[]) {
  if (inForce.length === 0 && next.length > 0) window.addEventListener("keydown", press);
  if (next.length === 0) window.removeEventListener("keydown", press);
  inForce = next;
  for (const tell of listeners) tell();
}

/** The shortcuts that work on the page as it stands. */
export function useShortcutsInForce(): readonly Shortcut[] {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => inForce,
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const ticks = target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type);
  return target.isContentEditable || (!ticks && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** What the keys stand for: of the page rather than general, and the last that has come into force. */
function found(keys: string): Shortcut | undefined {
  const all = inForce.filter(({ key }) => key === keys);
  return all.findLast(({ general }) => !general) ?? all.at(-1);
}

function press(event: KeyboardEvent) {
  if (event.metaKey || event.ctrlKey || event.altKey || event.key === "Shift") return;
  if (event.defaultPrevented || isTyping(event.target)) return;
  if (event.repeat && !WALKING.includes(event.key)) return;
  if (document.querySelector('[role="dialog"], [role="menu"]')) return;
  const before = first !== null && event.timeStamp - first.at < FOLLOWS ? first.key : null;
  first = null;
  const shortcut = (before !== null && found(`${before} ${event.key}`)) || found(event.key);
  if (shortcut) {
    event.preventDefault();
    shortcut.act();
  } else if (inForce.some(({ key }) => key.startsWith(`${event.key} `))) {
    first = { key: event.key, at: event.timeStamp };
  }
}

function useKeys(key: string, what: string, action: () => void, on: boolean, general: boolean): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!on) return;
    const shortcut = { key, what, general, act: () => latest.current() };
    put([...inForce, shortcut]);
    return () => put(inForce.filter((other) => other !== shortcut));
  }, [key, what, on, general]);
}

/** A shortcut of the page. */
export function useShortcut(key: string, what: string, action: () => void, on = true): void {
  useKeys(key, what, action, on, false);
}

/** A shortcut of every page. */
export function useGeneralShortcut(key: string, what: string, action: () => void, on = true): void {
  useKeys(key, what, action, on, true);
}

const APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

/** How ⌘ or Ctrl is called here. */
export const COMMAND = APPLE ? "⌘" : "Ctrl ";

/** ⌘ with a key, or Ctrl with it where there is no ⌘; it works while typing as well. */
export function useCommand(key: string, action: () => void): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== key || event.altKey || event.shiftKey) return;
      if (APPLE ? !event.metaKey || event.ctrlKey : !event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [key]);
}
