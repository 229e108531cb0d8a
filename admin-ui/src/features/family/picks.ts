/** Up to two runs of a family that are picked to be compared; of three the first is let go. */
import { useCallback, useMemo, useState } from "react";

export interface Picks {
  ids: string[];
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  clear: () => void;
}

export function usePicks(): Picks {
  const [ids, setIds] = useState<string[]>([]);
  const toggle = useCallback(
    (id: string) =>
      setIds((now) => (now.includes(id) ? now.filter((other) => other !== id) : [...now, id].slice(-2))),
    [],
  );
  const clear = useCallback(() => setIds([]), []);
  return useMemo(() => ({ ids, has: (id: string) => ids.includes(id), toggle, clear }), [ids, toggle, clear]);
}
