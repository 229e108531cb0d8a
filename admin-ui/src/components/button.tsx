/** Buttons, and links that look like them. */
import { LoaderCircle } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { cx } from "@/lib/class-names";

type Look = "primary" | "secondary" | "ghost" | "danger";
type Size = "sm" | "md";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover border-transparent",
  secondary: "bg-surface text-ink border-line hover:bg-hover hover:border-line-strong/60 shadow-card",
  ghost: "bg-transparent text-ink-soft border-transparent hover:bg-hover hover:text-ink",
  danger: "bg-surface text-bad border-line hover:bg-bad-soft hover:border-bad/40 shadow-card",
};
const SIZES: Record<Size, string> = {
  sm: "h-8 px-2.5 text-[0.8125rem] gap-1.5 rounded-md max-md:h-9",
  md: "h-9 px-3.5 text-sm gap-2 rounded-lg",
};

/** The classes of a button, for links that look like one. */
export function buttonLook(look: Look = "secondary", size: Size = "md"): string {
  return cx(
    "inline-flex shrink-0 items-center justify-center border font-medium whitespace-nowrap transition-colors select-none",
    "disabled:opacity-55 disabled:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0",
    LOOKS[look],
    SIZES[size],
  );
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  size?: Size;
  /** Shows a spinner in place of the icon and takes no clicks. */
  busy?: boolean;
  icon?: ReactNode;
}

export function Button({ look, size, busy, icon, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={cx(buttonLook(look, size), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}
