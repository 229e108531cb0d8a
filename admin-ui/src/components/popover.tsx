/** A button that opens a small panel beside it. */
import * as Radix from "@radix-ui/react-popover";
import type { ReactNode } from "react";

interface PopoverProps {
  /** The button; it must take a ref and props. */
  trigger: ReactNode;
  label: string;
  align?: "start" | "end";
  /** Where the page decides when it closes; else it opens and closes by itself. */
  open?: boolean;
  onOpen?: (open: boolean) => void;
  children: ReactNode;
}

export function Popover({ trigger, label, align = "end", open, onOpen, children }: PopoverProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpen}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-[min(70dvh,32rem)] w-72 animate-enter overflow-y-auto rounded-xl border bg-raised p-3 shadow-float focus:outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
