/** The last firings of a schedule as marks: each leads to its run. */
import { type Mark, Marks } from "@/components/marks";
import type { FiringMark, Schedule } from "@/lib/api/schedules";
import { STATUS } from "@/lib/status";
import { clockText } from "@/lib/zone";
import { statusOf } from "./fired-run";
import { FIRING } from "./firing-state";

export function FiringMarks({ schedule }: { schedule: Schedule }) {
  return <Marks label="Last firings" marks={schedule.recent.map(markOf)} />;
}

function markOf(firing: FiringMark): Mark {
  const status = statusOf(firing);
  const { word, tone } = status ? STATUS[status] : FIRING[firing.state];
  const text = `${clockText(firing.local)}: ${word}`;
  return {
    key: firing.due_at,
    text: status === null && firing.reason ? `${text}, ${firing.reason}` : text,
    tone,
    low: firing.state !== "fired",
    moves: status === "running",
    run: status && firing.thread_id,
  };
}
