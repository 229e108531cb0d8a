/** Single-key shortcuts that stay out of the way of typing and of open dialogs, and the list of those in force. */
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Shortcut {
  /** As `KeyboardEvent.key` names it. */
  key: string;
  /** What it does, as the sheet of shortcuts says it: "Rerun this run". */
  what: string;
}

let inForce: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function put(next: readonly Shortcut[]) {
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

function isTyping(target: HTMLElement): boolean {
  const ticks = target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type);
  return target.isContentEditable || (!ticks && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function useShortcut(key: string, what: string, action: () => void, on = true): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      if (event.key !== key || event.metaKey || event.ctrlKey || event.altKey) return;
      if (isTyping(event.target as HTMLElement)) return;
      if (document.querySelector('[role="dialog"], [role="menu"]')) return;
      event.preventDefault();
      latest.current();
    };
    const shortcut = { key, what };
    put([...inForce, shortcut]);
    window.addEventListener("keydown", press);
    return () => {
      put(inForce.filter((other) => other !== shortcut));
      window.removeEventListener("keydown", press);
    };
  }, [key, what, on]);
}
