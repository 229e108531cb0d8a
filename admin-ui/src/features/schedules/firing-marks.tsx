/** The last firings of a schedule as marks, the latest at the right: each leads to its run. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Firing, Schedule } from "@/lib/api/schedules";
import { cx } from "@/lib/class-names";
import { STATUS, type Tone } from "@/lib/status";
import { clockText } from "@/lib/zone";
import { firingMarksOptions } from "@/queries/schedules";
import { statusOf } from "./fired-run";
import { FIRING } from "./firing-state";

const FILL: Record<Tone, string> = {
  good: "bg-good",
  bad: "bg-bad",
  wait: "bg-wait",
  busy: "bg-busy",
  idle: "bg-line-strong",
};

export function FiringMarks({ schedule }: { schedule: Schedule }) {
  const firings = useQuery(firingMarksOptions(schedule)).data?.items ?? [];
  if (firings.length === 0) return null;
  return (
    <ul aria-label="Last firings" className="flex items-end gap-0.5">
      {[...firings].reverse().map((firing) => (
        <li key={firing.due_at}>
          <Mark firing={firing} />
        </li>
      ))}
    </ul>
  );
}

function Mark({ firing }: { firing: Firing }) {
  const status = statusOf(firing);
  const { word, tone } = status ? STATUS[status] : FIRING[firing.state];
  const text = `${clockText(firing.local)}: ${word}`;
  const look = cx(
    "block w-1.5 rounded-sm",
    firing.state === "fired" ? "h-5" : "h-2.5",
    FILL[tone],
    status === "running" && "animate-breathe",
  );
  if (status === null || firing.thread_id === null) {
    return (
      <span title={firing.reason ? `${text}, ${firing.reason}` : text} className={look}>
        <span className="sr-only">{text}</span>
      </span>
    );
  }
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: firing.thread_id }}
      title={text}
      className={cx(look, "hover:opacity-70")}
    >
      <span className="sr-only">{text}</span>
    </Link>
  );
}
