/** Something the reader should know now, with what to do about it. */
import { CircleAlert, CircleX, Info, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

type Kind = "bad" | "wait" | "info";
const LOOKS: Record<Kind, { icon: LucideIcon; box: string; ink: string }> = {
  bad: { icon: CircleX, box: "border-bad/30 bg-bad-soft", ink: "text-bad" },
  wait: { icon: CircleAlert, box: "border-wait/30 bg-wait-soft", ink: "text-wait" },
  info: { icon: Info, box: "border-busy/25 bg-busy-soft", ink: "text-busy" },
};

interface NoticeProps {
  kind: Kind;
  title?: ReactNode;
  children?: ReactNode;
  /** Buttons and links. */
  actions?: ReactNode;
  className?: string;
}

export function Notice({ kind, title, children, actions, className }: NoticeProps) {
  const { icon: Icon, box, ink } = LOOKS[kind];
  return (
    <div
      role={kind === "bad" ? "alert" : "status"}
      className={cx("flex gap-3 rounded-xl border p-4", box, className)}
    >
      <Icon aria-hidden className={cx("mt-0.5 size-4.5 shrink-0", ink)} />
      <div className="min-w-0 grow">
        {title !== undefined && <p className={cx("font-semibold break-words", ink)}>{title}</p>}
        {children !== undefined && <div className="break-words text-ink">{children}</div>}
        {actions && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
