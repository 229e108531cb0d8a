/** Keeps the end of a growing list in view, until its reader scrolls up. */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

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
  const before = useRef(0);

  const toEnd = useCallback(() => {
    follows.current = true;
    setAway(false);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [box]);

  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight <= NEAR;
    // Only a reader moves it up. That the end is far may as well come of a box that has become smaller.
    if (atEnd) follows.current = true;
    else if (element.scrollTop < before.current) follows.current = false;
    before.current = element.scrollTop;
    setAway(!follows.current);
  }, [box]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new length is what moves the end
  useLayoutEffect(() => {
    if (on && follows.current) toEnd();
  }, [length, on, toEnd]);

  useEffect(() => {
    if (!box.current || !on) return;
    const observer = new ResizeObserver(() => follows.current && toEnd());
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box, on, toEnd]);

  return { away, onScroll, toEnd };
}
