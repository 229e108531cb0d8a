/** Asks before what was typed is lost: on Esc, on a link, on the way back, and when the page is closed. */
import { useBlocker } from "@tanstack/react-router";
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
