/** The way from a page back to its list. */
import { Link, type LinkProps } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";

export function BackLink({ children, ...to }: Pick<LinkProps, "to" | "params"> & { children: ReactNode }) {
  return (
    <Link
      {...to}
      className="mb-4 inline-flex items-center gap-1 text-[0.8125rem] font-medium text-ink-faint hover:text-accent"
    >
      <ChevronLeft className="size-4" aria-hidden /> {children}
    </Link>
  );
}
