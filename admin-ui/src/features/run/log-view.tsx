/** The lines a step wrote, the last in view: by level, by text, to take along; only what is in view is drawn. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, Download } from "lucide-react";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import { CopyButton } from "@/components/copy-button";
import { TextInput } from "@/components/field";
import { cx } from "@/lib/class-names";
import { download } from "@/lib/download";
import { LEVELS, type Level, type LogLine, linesWith } from "./log-lines";
import { Part } from "./part";
import { useLiveEnd } from "./use-live-end";

const LINE_HEIGHT = 20;
const INK: Record<Level, string> = {
  debug: "text-ink-faint",
  info: "text-ink",
  warning: "text-wait",
  error: "text-bad",
};
const WORDS: Record<Level, string> = {
  debug: "All lines",
  info: "Info and above",
  warning: "Warnings and errors",
  error: "Errors",
};

export function LogView({ lines, file }: { lines: LogLine[]; file: string }) {
  const [least, setLeast] = useState<Level>("debug");
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text);
  const shown = useMemo(() => linesWith(lines, least, wanted), [lines, least, wanted]);
  const whole = useMemo(() => lines.map((line) => line.text).join("\n"), [lines]);
  return (
    <Part
      title={
        shown.length === lines.length ? `Logs, ${count(lines)}` : `Logs, ${shown.length} of ${count(lines)}`
      }
      aside={
        <>
          <button
            type="button"
            aria-label="Download the log"
            title="Download the log"
            onClick={() => download(file, whole, "text/plain")}
            className="inline-flex size-6 items-center justify-center rounded-md text-ink-faint hover:bg-hover hover:text-ink"
          >
            <Download className="size-3.5" aria-hidden />
          </button>
          <CopyButton text={whole} label="Copy the log" />
        </>
      }
    >
      <div className="overflow-hidden rounded-lg border">
        <div className="flex flex-wrap gap-2 border-b bg-sunken/60 p-1.5">
          <select
            aria-label="Level of the log"
            value={least}
            onChange={(event) => setLeast(event.target.value as Level)}
            className="h-7 rounded-md border bg-surface px-1.5 text-xs"
          >
            {LEVELS.map((level) => (
              <option key={level} value={level}>
                {WORDS[level]}
              </option>
            ))}
          </select>
          <TextInput
            size="xs"
            type="search"
            aria-label="Find in the log"
            placeholder="Find in the log"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="min-w-24 grow basis-32 text-xs"
          />
        </div>
        <Lines lines={shown} />
      </div>
    </Part>
  );
}

const count = (lines: LogLine[]) =>
  `${lines.length.toLocaleString("en")} ${lines.length === 1 ? "line" : "lines"}`;

function Lines({ lines }: { lines: LogLine[] }) {
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  });
  const { away, onScroll, toEnd } = useLiveEnd(box, lines.length, true);
  return (
    <div className="relative">
      <div
        ref={box}
        role="log"
        aria-label="Log lines"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach that
        tabIndex={0}
        onScroll={onScroll}
        className="max-h-80 overflow-auto bg-sunken/40 py-1 font-mono text-xs"
      >
        {lines.length === 0 && <p className="px-3 py-2 font-sans text-ink-faint">No line matches.</p>}
        <div className="relative min-w-full" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return (
              line && (
                <div
                  key={line.index}
                  data-level={line.level}
                  style={{ transform: `translateY(${start}px)`, height: LINE_HEIGHT }}
                  className={cx("absolute top-0 left-0 flex leading-5 whitespace-pre", INK[line.level])}
                >
                  <span className="w-12 shrink-0 pr-3 text-right text-ink-faint select-none">
                    {line.index + 1}
                  </span>
                  <span className="pr-3">{line.text}</span>
                </div>
              )
            );
          })}
        </div>
      </div>
      {away && (
        <button
          type="button"
          onClick={toEnd}
          className="absolute right-3 bottom-2 inline-flex items-center gap-1 rounded-md border bg-raised px-2 py-1 text-xs font-medium shadow-float hover:bg-hover"
        >
          <ArrowDown className="size-3.5" aria-hidden /> To the end
        </button>
      )}
    </div>
  );
}
