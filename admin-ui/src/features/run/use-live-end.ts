/** Keeps the end of a growing list in view, until its reader scrolls up. */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

/** How far from the end still counts as the end, in pixels. */
const NEAR = 32;

interface LiveEnd {
  /** The reader has scrolled away from the end. */
  away: boolean;
  onScroll: () => void;
  toEnd: () => void;
}

/** `length` is what grows; while `on` is false nothing moves by itself. */
export function useLiveEnd(box: RefObject<HTMLElement | null>, length: number, on: boolean): LiveEnd {
  const [away, setAway] = useState(false);
  const follows = useRef(true);

  const toEnd = useCallback(() => {
    follows.current = true;
    setAway(false);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [box]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    follows.current = left <= NEAR;
    setAway(left > NEAR);
  }, [box]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new length is what moves the end
  useLayoutEffect(() => {
    if (on && follows.current) toEnd();
  }, [length, on, toEnd]);

  return { away, onScroll, toEnd };
}
