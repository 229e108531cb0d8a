/** Whether there is room for two things side by side: 1024 px and more. */
import { useSyncExternalStore } from "react";

const query = "(min-width: 64rem)";

export function useWide(): boolean {
  return useSyncExternalStore(
    (tell) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", tell);
      return () => media.removeEventListener("change", tell);
    },
    () => window.matchMedia(query).matches,
  );
}
