/** What the loader and the linter say, with file and line. */
import { CircleAlert, CircleX, Info, type LucideIcon } from "lucide-react";
import { CopyButton } from "@/components/copy-button";
import { Panel } from "@/components/panel";
import type { Diagnostic } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { byLevel, type Unread } from "./catalogue";

const LEVELS: Record<string, { icon: LucideIcon; ink: string }> = {
  error: { icon: CircleX, ink: "text-bad" },
  warning: { icon: CircleAlert, ink: "text-wait" },
  info: { icon: Info, ink: "text-busy" },
};
const OTHER = { icon: Info, ink: "text-ink-faint" };

const keyOf = ({ file, line, code, message }: Diagnostic) => `${file}:${line}:${code}:${message}`;

/** One of them, as an item of a list. */
export function DiagnosticLine({ item }: { item: Diagnostic }) {
  const { icon: Icon, ink } = LEVELS[item.level] ?? OTHER;
  const place = `${item.file}:${item.line}`;
  return (
    <li className="flex gap-2 text-[0.8125rem]">
      <Icon className={cx("mt-0.5 size-4 shrink-0", ink)} aria-hidden />
      <div className="min-w-0">
        <p className="break-words [overflow-wrap:anywhere]">
          <span className="sr-only">{item.level}: </span>
          {item.message}
        </p>
        <p className="flex flex-wrap items-center gap-x-1 text-xs text-ink-faint">
          <code className="min-w-0 font-mono break-all">{place}</code>
          <CopyButton text={place} label={`Copy ${place}`} />
          <span>{item.code}</span>
        </p>
      </div>
    </li>
  );
}

export function Diagnostics({ items }: { items: Diagnostic[] }) {
  const errors = items.filter(({ level }) => level === "error").length;
  const others = items.length - errors;
  const counts = [
    errors > 0 && `${errors} ${errors === 1 ? "error" : "errors"}`,
    others > 0 && `${others} ${others === 1 ? "hint" : "hints"}`,
  ].filter(Boolean);
  return (
    <Panel title={`Diagnostics: ${counts.join(", ")}`}>
      <ul className="max-h-80 space-y-2.5 overflow-y-auto px-5 py-3 max-md:px-4">
        {byLevel(items).map((item) => (
          <DiagnosticLine key={keyOf(item)} item={item} />
        ))}
      </ul>
    </Panel>
  );
}

/** Folders that are in no catalogue, and why. */
export function UnreadFolders({ folders }: { folders: Unread[] }) {
  return (
    <Panel
      title={folders.length === 1 ? "1 folder can't be used" : `${folders.length} folders can't be used`}
      className="border-bad/30"
    >
      <ul className="divide-y">
        {folders.map(({ name, problems }) => (
          <li key={name} data-unread={name} className="px-5 py-3 max-md:px-4">
            <p className="font-medium break-words">{name}</p>
            <ul className="mt-1 space-y-1.5">
              {problems.map((item) => (
                <DiagnosticLine key={keyOf(item)} item={item} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <p className="border-t px-5 py-2.5 text-xs text-ink-faint max-md:px-4">
        Mend the file; it is read again by itself within seconds. All other skills work meanwhile.
      </p>
    </Panel>
  );
}
