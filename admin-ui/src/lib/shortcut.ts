/** Single-key shortcuts that stay out of the way of typing and of open dialogs. */
import { useEffect, useRef } from "react";

export function useShortcut(key: string, action: () => void, on = true): void {
  const latest = useRef(action);
  latest.current = action;
  useEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const ticks = target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type);
      const typing = target.isContentEditable || (!ticks && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      if (event.key !== key || typing || event.metaKey || event.ctrlKey || event.altKey) return;
      if (document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [key, on]);
}
