/** Asks again whenever something that was told elsewhere has changed. */
import { useEffect, useRef } from "react";

export function useRefetch(told: string, refetch: () => unknown): void {
  const latest = useRef(refetch);
  latest.current = refetch;
  const last = useRef(told);
  useEffect(() => {
    if (last.current === told) return;
    last.current = told;
    latest.current();
  }, [told]);
}
