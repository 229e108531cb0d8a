/** Moves the focus to a page that somebody has come to, so that keyboards and screen readers start there. */
import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

export function useFocusOnPage(): void {
  const page = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef(page);
  useEffect(() => {
    const came = last.current !== undefined && last.current !== page;
    last.current = page;
    if (!came) return;
    const main = document.getElementById("main");
    // What has the focus by itself, as a form's first field, keeps it.
    if (main?.contains(document.activeElement) || document.querySelector('[role="dialog"]')) return;
    (main?.querySelector("h1") ?? main)?.focus({ preventScroll: true });
  }, [page]);
}
