/** What the loader and the linter say, with file and line. */
import { CircleAlert, CircleX, Info, type LucideIcon } from "lucide-react";
import { Panel } from "@/components/panel";
import type { Diagnostic } from "@/lib/api";
import { cx } from "@/lib/class-names";

const LEVELS: Record<string, { icon: LucideIcon; ink: string; rank: number }> = {
  error: { icon: CircleX, ink: "text-bad", rank: 0 },
  warning: { icon: CircleAlert, ink: "text-wait", rank: 1 },
  info: { icon: Info, ink: "text-busy", rank: 2 },
};
const OTHER = { icon: Info, ink: "text-ink-faint", rank: 3 };

export function Diagnostics({ items }: { items: Diagnostic[] }) {
  const rank = ({ level }: Diagnostic) => (LEVELS[level] ?? OTHER).rank;
  const sorted = [...items].sort((left, right) => rank(left) - rank(right));
  const errors = items.filter(({ level }) => level === "error").length;
  const others = items.length - errors;
  const counts = [
    errors > 0 && `${errors} ${errors === 1 ? "error" : "errors"}`,
    others > 0 && `${others} ${others === 1 ? "hint" : "hints"}`,
  ].filter(Boolean);
  return (
    <Panel title={`Diagnostics: ${counts.join(", ")}`}>
      <ul className="max-h-80 divide-y overflow-y-auto">
        {sorted.map((item) => {
          const { icon: Icon, ink } = LEVELS[item.level] ?? OTHER;
          return (
            <li
              key={`${item.file}:${item.line}:${item.code}:${item.message}`}
              className="flex gap-3 px-5 py-2.5 max-md:px-4"
            >
              <Icon className={cx("mt-0.5 size-4 shrink-0", ink)} aria-hidden />
              <div className="min-w-0">
                <p className="break-words">
                  <span className="sr-only">{item.level}: </span>
                  {item.message}
                </p>
                <p className="mt-0.5 text-xs break-words text-ink-faint">
                  <code className="font-mono">
                    {item.file}:{item.line}
                  </code>{" "}
                  · {item.code}
                </p>
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
