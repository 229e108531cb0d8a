/** The run that a firing started, with how it stands. */
import { Link } from "@tanstack/react-router";
import { EndKept } from "@/components/end-kept";
import { StatusIcon, TONE_INK } from "@/components/status-pill";
import type { Firing, FiringMark } from "@/lib/api/schedules";
import { type RunStatus, STATUS } from "@/lib/status";

export function statusOf(firing: FiringMark): RunStatus | null {
  return firing.run_status !== null && Object.hasOwn(STATUS, firing.run_status)
    ? (firing.run_status as RunStatus)
    : null;
}

export function FiredRun({ firing }: { firing: Firing }) {
  if (firing.thread_id === null) return null;
  const status = statusOf(firing);
  if (status === null) {
    return (
      <span className="font-mono text-xs text-ink-faint" title={`${firing.thread_id} has gone`}>
        <EndKept text={firing.thread_id} />
      </span>
    );
  }
  return (
    <Link
      to="/runs/$threadId"
      params={{ threadId: firing.thread_id }}
      title={`${firing.thread_id}: ${STATUS[status].word}`}
      className="flex max-w-full items-center gap-1.5 font-medium hover:text-accent"
    >
      <StatusIcon status={status} className={TONE_INK[STATUS[status].tone]} />
      <span className="sr-only">{STATUS[status].word}</span>
      <span className="min-w-0">
        <EndKept text={firing.run_name ?? firing.thread_id} />
      </span>
    </Link>
  );
}
