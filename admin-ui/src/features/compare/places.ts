/** Where the steps of a comparison stand on the page, and how one gets from difference to difference. */
import { useState } from "react";
import type { ComparedStep, StepPair } from "@/lib/api";
import { useShortcut } from "@/lib/shortcut";

const idOf = (left: number | undefined | null, right: number | undefined | null) =>
  `pair-${left ?? "none"}-${right ?? "none"}`;

export const placeOf = ({ left, right }: ComparedStep) => idOf(left?.seq, right?.seq);

/** Scrolls to a pair of steps and puts the focus there, so that a keyboard goes on from it. */
export function showPair({ left, right }: StepPair): void {
  show(idOf(left, right));
}

function show(id: string): void {
  const row = document.getElementById(id);
  row?.scrollIntoView({ block: "center" });
  row?.focus({ preventScroll: true });
}

export interface Walk {
  /** The difference that is looked at, from 1 on; 0 before the first. */
  at: number;
  of: number;
  next: () => void;
  previous: () => void;
}

/** From one step that differs to the next one and back, round and round; also by `n` and `N`. */
export function useWalk(steps: ComparedStep[]): Walk {
  const places = steps.filter(({ state }) => state !== "same").map(placeOf);
  const [place, setPlace] = useState<string | null>(null);
  const at = place === null ? -1 : places.indexOf(place);
  const to = (index: number) => {
    const id = places[(index + places.length) % places.length];
    if (id === undefined) return;
    setPlace(id);
    show(id);
  };
  const next = () => to(at + 1);
  const previous = () => to(at < 0 ? -1 : at - 1);
  useShortcut("n", "Go to the next difference", next, places.length > 0);
  useShortcut("N", "Go back to the difference before", previous, places.length > 0);
  return { at: at + 1, of: places.length, next, previous };
}
