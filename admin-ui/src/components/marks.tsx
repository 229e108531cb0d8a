/** The last of something as small marks, the latest at the right; one that has a run leads to it. */
import { Link } from "@tanstack/react-router";
import { cx } from "@/lib/class-names";
import type { Tone } from "@/lib/status";

export interface Mark {
  key: string;
  /** What it stands for, in words. */
  text: string;
  tone: Tone;
  /** Half as high: nothing came of it. */
  low?: boolean;
  /** It is under way. */
  moves?: boolean;
  run?: string | null;
}

const FILL: Record<Tone, string> = {
  good: "bg-good",
  bad: "bg-bad",
  wait: "bg-wait",
  busy: "bg-busy",
  idle: "bg-line-strong",
};

/** `marks`: the newest first. */
export function Marks({ label, marks }: { label: string; marks: Mark[] }) {
  if (marks.length === 0) return null;
  return (
    <ul aria-label={label} className="flex h-5 items-end gap-0.5">
      {[...marks].reverse().map((mark) => (
        <li key={mark.key}>
          <One mark={mark} />
        </li>
      ))}
    </ul>
  );
}

function One({ mark: { text, tone, low, moves, run } }: { mark: Mark }) {
  const look = cx("block w-1.5 rounded-sm", low ? "h-2.5" : "h-5", FILL[tone], moves && "animate-breathe");
  if (!run) {
    return (
      <span title={text} className={look}>
        <span className="sr-only">{text}</span>
      </span>
    );
  }
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: run }}
      title={text}
      className={cx(look, "hover:opacity-70")}
    >
      <span className="sr-only">{text}</span>
    </Link>
  );
}
