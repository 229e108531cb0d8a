/** A button that is a picture alone; its label is read out and shown as a tip. */
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface IconButtonProps {
  label: string;
  onClick: () => void;
  small?: boolean;
  disabled?: boolean;
  /** The picture. */
  children: ReactNode;
}

export function IconButton({ label, onClick, small, disabled, children }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      className={cx(
        "inline-flex shrink-0 items-center justify-center rounded-md text-ink-faint hover:bg-hover hover:text-ink disabled:opacity-30 [&_svg]:size-4",
        small ? "size-6" : "size-8",
      )}
    >
      {children}
    </button>
  );
}
