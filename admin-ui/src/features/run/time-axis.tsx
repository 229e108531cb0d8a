/** The bars of the waterfall, and the scale above them. */
import { Tip } from "@/components/tip";
import type { Step } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { duration } from "@/lib/time";
import { type Segment, type SegmentKind, type Span, segmentsOf } from "./segments";

const FILLS: Record<SegmentKind, string> = {
  work: "bg-accent/70",
  failed: "bg-bad",
  wait: "bg-hatched text-wait",
  taken: "bg-idle/60",
  doubt: "bg-hatched text-bad",
};

/** Start, middle and end of the run's time. */
export function TimeScale({ span }: { span: Span }) {
  const whole = span.to - span.from;
  return (
    <div aria-hidden className="flex justify-between text-2xs tabular text-ink-faint">
      <span>0</span>
      <span className="@max-lg:hidden">{duration(whole / 2)}</span>
      <span>{duration(whole)}</span>
    </div>
  );
}

/** A step's pieces of the run's time. Its words stand in the row; this is for the eye. */
export function TimeBar({ step, span }: { step: Step; span: Span }) {
  return (
    <span aria-hidden className="relative block h-2 overflow-hidden rounded-sm bg-sunken">
      {segmentsOf(step, span).map((segment) => (
        <Piece key={`${segment.attempt} ${segment.kind}`} segment={segment} />
      ))}
    </span>
  );
}

function Piece({ segment: { kind, from, to } }: { segment: Segment }) {
  return (
    <span
      data-piece={kind}
      className={cx("absolute inset-y-0 min-w-[3px] rounded-sm border-r border-surface", FILLS[kind])}
      style={{ left: `min(${from * 100}%, calc(100% - 3px))`, width: `${(to - from) * 100}%` }}
    />
  );
}

const LEGEND: { kind: SegmentKind; word: string }[] = [
  { kind: "work", word: "carried out" },
  { kind: "failed", word: "failed attempt" },
  { kind: "wait", word: "waits" },
  { kind: "taken", word: "taken over" },
];

/** What the colours mean. */
export function BarLegend({ children }: { children: React.ReactNode }) {
  return (
    <Tip
      text={
        <ul className="space-y-1">
          {LEGEND.map(({ kind, word }) => (
            <li key={kind} className="flex items-center gap-2">
              <span className={cx("h-2 w-6 rounded-sm", FILLS[kind])} /> {word}
            </li>
          ))}
        </ul>
      }
    >
      {children}
    </Tip>
  );
}
