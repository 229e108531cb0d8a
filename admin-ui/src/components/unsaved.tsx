/** Asks before what was typed is lost: on Esc, on a link, on the way back, and when the page is closed. */
import { useBlocker } from "@tanstack/react-router";
import { useLayoutEffect } from "react";
import { Button } from "./button";
import { Dialog, DialogBody, DialogFooter } from "./dialog";

interface Place {
  pathname: string;
  search: object;
}

interface UnsavedProps {
  /** Whether there is anything to lose. */
  typed: boolean;
  /** Whether a step to another place takes it away; without this every one does. */
  leaves?: (to: Place, from: Place) => boolean;
}

export function Unsaved({ typed, leaves = () => true }: UnsavedProps) {
  const way = useBlocker({
    shouldBlockFn: ({ current, next }) => typed && leaves(next, current),
    enableBeforeUnload: typed,
    withResolver: true,
  });
  useStayOnEscape(way.status === "blocked" ? way.reset : undefined);
  if (way.status !== "blocked") return null;
  return (
    <Dialog open onClose={way.reset} title="Drop what you have typed?">
      <DialogBody>
        <p>It has not been sent, and is kept nowhere else.</p>
      </DialogBody>
      <DialogFooter>
        <Button onClick={way.reset}>Keep editing</Button>
        <Button look="danger" onClick={way.proceed}>
          Drop it
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

/**
 * Esc answers the question from its first moment on. Radix learns of a dialog over another one only after
 * it is painted, and until then gives the key to the one below, which would ask again.
 */
function useStayOnEscape(stay: (() => void) | undefined) {
  useLayoutEffect(() => {
    if (!stay) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      stay();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [stay]);
}
