/** The inbox by keyboard: to the next item and back, and into the selection. */
import { useShortcut } from "@/lib/shortcut";

interface InboxKeys {
  keys: readonly string[];
  /** Place of the open item; -1: it is on another page. */
  at: number;
  open: (key: string | undefined) => void;
  /** Where items can be selected. */
  onSelect: (() => void) | undefined;
}

export function useInboxKeys({ keys, at, open, onSelect }: InboxKeys): void {
  const go = (key: string | undefined) => {
    if (key === undefined) return;
    open(key);
    document.querySelector<HTMLElement>(`[data-item="${CSS.escape(key)}"] a`)?.focus();
  };
  useShortcut("j", "Next item", () => go(keys[at + 1]));
  useShortcut("k", "Previous item", () => go(keys[at - 1]));
  useShortcut("x", "Select the open item", () => onSelect?.(), onSelect !== undefined);
}
