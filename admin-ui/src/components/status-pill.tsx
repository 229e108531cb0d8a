/** Where a run or step stands: icon, word and colour, the same everywhere. */
import {
  Archive,
  Ban,
  CircleCheck,
  CircleHelp,
  CircleX,
  Clock,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import { cx } from "@/lib/class-names";
import { type ShownStatus, STATUS, type Tone } from "@/lib/status";

const ICONS: Record<ShownStatus, LucideIcon> = {
  recorded: Archive,
  queued: Clock,
  starting: LoaderCircle,
  running: LoaderCircle,
  started: LoaderCircle,
  waiting: Hourglass,
  in_doubt: CircleHelp,
  completed: CircleCheck,
  failed: CircleX,
  cancelled: Ban,
};

export const TONES: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  wait: "bg-wait-soft text-wait",
  busy: "bg-busy-soft text-busy",
  idle: "bg-idle-soft text-idle",
};

/** The tone as the colour of an icon that stands by itself. */
export const TONE_INK: Record<Tone, string> = {
  good: "text-good",
  bad: "text-bad",
  wait: "text-wait",
  busy: "text-busy",
  idle: "text-idle",
};

export function StatusIcon({ status, className }: { status: ShownStatus; className?: string }) {
  const Icon = ICONS[status];
  const spins = Icon === LoaderCircle;
  return <Icon aria-hidden className={cx("size-3.5 shrink-0", spins && "animate-spin", className)} />;
}

export function StatusPill({ status }: { status: ShownStatus }) {
  const { word, tone, meaning } = STATUS[status];
  return (
    <span
      title={meaning}
      data-status={status}
      className={cx(
        "inline-flex h-6 items-center gap-1.5 rounded-full pr-2.5 pl-2 text-xs font-medium whitespace-nowrap",
        TONES[tone],
      )}
    >
      <StatusIcon status={status} />
      {word}
    </span>
  );
}
