/** Keys as they stand on a keyboard; blanks stand between keys that follow each other. */
const NAMES: Record<string, string> = { Escape: "Esc", ArrowUp: "↑", ArrowDown: "↓", Enter: "↵" };

export function Keys({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-1">
      {keys.split(" ").map((key) => (
        <kbd
          key={key}
          className="min-w-5 rounded-md border bg-surface px-1.5 text-center font-sans text-2xs text-ink-soft shadow-card"
        >
          {NAMES[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
