/** Picks a run to be compared with another one. */
import { cx } from "@/lib/class-names";
import type { Picks } from "./picks";

interface PickBoxProps {
  id: string;
  /** How the run is called. */
  name: string;
  picks: Picks;
  className?: string;
}

export function PickBox({ id, name, picks, className }: PickBoxProps) {
  return (
    <label title="Pick two to compare" className={cx("block shrink-0 cursor-pointer", className)}>
      <input
        type="checkbox"
        checked={picks.has(id)}
        onChange={() => picks.toggle(id)}
        aria-label={`Pick ${name} to compare`}
        className="block size-4 accent-(--accent)"
      />
    </label>
  );
}
