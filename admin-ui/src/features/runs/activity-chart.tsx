/** When the runs were created, stacked by status; a click or a drag narrows the time. */
import { type PointerEvent, useRef, useState } from "react";
import { cx } from "@/lib/class-names";
import { type RunStatus, STATUS, type Tone } from "@/lib/status";
import { absoluteTime } from "@/lib/time";
import { type ChartBar, chartSummary } from "./activity";

const FILLS: Record<Tone, string> = {
  good: "fill-good/60",
  bad: "fill-bad",
  wait: "fill-wait",
  busy: "fill-busy",
  idle: "fill-idle/50",
};
const HEIGHT = 56;

interface ActivityChartProps {
  bars: ChartBar[];
  exact: boolean;
  onNarrow: (from: number, to: number) => void;
}

export function ActivityChart({ bars, exact, onNarrow }: ActivityChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [begun, setBegun] = useState<number | null>(null);
  const most = Math.max(1, ...bars.map(({ total }) => total));
  const barAt = ({ clientX }: PointerEvent) => {
    const { left = 0, width = 1 } = box.current?.getBoundingClientRect() ?? {};
    return Math.min(bars.length - 1, Math.max(0, Math.floor(((clientX - left) / width) * bars.length)));
  };
  const chosen = begun === null || at === null ? null : ([Math.min(begun, at), Math.max(begun, at)] as const);
  const end = () => {
    const first = chosen && bars[chosen[0]];
    const last = chosen && bars[chosen[1]];
    setBegun(null);
    if (first && last) onNarrow(first.from, last.to);
  };
  const pointed = at === null ? undefined : bars[at];

  return (
    <div ref={box} className="relative">
      <svg
        role="img"
        aria-label={chartSummary(bars, exact)}
        viewBox={`0 0 ${bars.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="block h-14 w-full cursor-crosshair touch-pan-y select-none"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setAt(barAt(event));
          setBegun(barAt(event));
        }}
        onPointerMove={(event) => setAt(barAt(event))}
        onPointerUp={end}
        onPointerCancel={() => setBegun(null)}
        onPointerLeave={() => setAt(null)}
      >
        {bars.map((bar, index) => (
          <Stack key={bar.from} bar={bar} index={index} most={most} />
        ))}
        {(chosen ?? (at !== null && [at, at])) && (
          <rect
            x={chosen ? chosen[0] : (at ?? 0)}
            width={chosen ? chosen[1] - chosen[0] + 1 : 1}
            y={0}
            height={HEIGHT}
            className={chosen ? "fill-accent/20" : "fill-ink/5"}
          />
        )}
      </svg>
      {pointed && at !== null && (
        <div
          className={cx(
            "pointer-events-none absolute top-full z-30 mt-1 rounded-lg border bg-raised px-2.5 py-1.5 text-xs whitespace-nowrap shadow-float",
            at > bars.length / 2 && "-translate-x-full",
          )}
          style={{ left: `${(100 * (at + (at > bars.length / 2 ? 0 : 1))) / bars.length}%` }}
        >
          <div className="text-ink-faint">
            {absoluteTime(chosen ? (bars[chosen[0]]?.from ?? pointed.from) : pointed.from)} –{" "}
            {absoluteTime(chosen ? (bars[chosen[1]]?.to ?? pointed.to) : pointed.to)}
          </div>
          <Counts bar={pointed} exact={exact} />
        </div>
      )}
    </div>
  );
}

function Stack({ bar, index, most }: { bar: ChartBar; index: number; most: number }) {
  let top = HEIGHT;
  return bar.parts.map(({ status, count }) => {
    // What is there at all can be seen.
    const height = Math.max(1.5, (count / most) * (HEIGHT - 4));
    top -= height;
    return (
      <rect
        key={status}
        x={index + 0.12}
        width={0.76}
        y={Math.max(0, top)}
        height={height}
        className={FILLS[toneOf(status)]}
      />
    );
  });
}

const toneOf = (status: RunStatus) => STATUS[status].tone;

function Counts({ bar, exact }: { bar: ChartBar; exact: boolean }) {
  if (bar.total === 0) return <div>No runs</div>;
  return bar.parts.map(({ status, count }) => (
    <div key={status} className="tabular flex justify-between gap-4">
      <span>{STATUS[status].word}</span>
      <span>
        {exact ? "" : "≈ "}
        {count.toLocaleString("en")}
      </span>
    </div>
  ));
}
