/** Tabs; which one is open is for the URL to say. */
import { useEffect, useRef } from "react";
import { cx } from "@/lib/class-names";

interface TabsProps<T extends string> {
  label: string;
  tabs: { value: T; label: string }[];
  chosen: T;
  onChoose: (value: T) => void;
}

export function Tabs<T extends string>({ label, tabs, chosen, onChoose }: TabsProps<T>) {
  const row = useRef<HTMLElement>(null);
  // On a small screen the chosen one may stand beyond the edge; one that is turned has another edge.
  useEffect(() => {
    const list = row.current;
    if (!list) return;
    const show = () => {
      const open = list.querySelector<HTMLElement>(`[data-tab="${chosen}"]`);
      if (open) list.scrollLeft = open.offsetLeft - list.clientWidth / 3;
    };
    const sizes = new ResizeObserver(show);
    sizes.observe(list);
    return () => sizes.disconnect();
  }, [chosen]);
  return (
    <nav
      ref={row}
      aria-label={label}
      className="relative mb-5 flex gap-5 overflow-x-auto overflow-y-hidden border-b"
    >
      {tabs.map(({ value, label: word }) => (
        <button
          key={value}
          type="button"
          data-tab={value}
          aria-current={value === chosen ? "page" : undefined}
          onClick={() => onChoose(value)}
          className={cx(
            "-mb-px shrink-0 border-b-2 px-0.5 py-2.5 font-medium transition-colors",
            value === chosen ? "border-accent text-ink" : "border-transparent text-ink-faint hover:text-ink",
          )}
        >
          {word}
        </button>
      ))}
    </nav>
  );
}
