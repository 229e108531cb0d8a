/** A button that opens a menu of secondary actions. */
import * as Radix from "@radix-ui/react-dropdown-menu";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface MenuProps {
  /** The button; it must take a ref and props. */
  trigger: ReactNode;
  children: ReactNode;
}

export function Menu({ trigger, children }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-44 animate-enter rounded-xl border bg-raised p-1 shadow-float focus:outline-none"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  onChoose: () => void;
  danger?: boolean;
  /** Why it can't be chosen now. */
  not?: string | undefined;
  children: ReactNode;
}

export function MenuItem({ icon, onChoose, danger, not, children }: MenuItemProps) {
  return (
    <Radix.Item
      onSelect={onChoose}
      disabled={not !== undefined}
      title={not}
      className={cx(
        "flex cursor-default items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-[0.8125rem] outline-none",
        "data-highlighted:bg-hover data-disabled:text-ink-faint [&_svg]:size-4 [&_svg]:shrink-0",
        danger && "not-data-disabled:text-bad",
      )}
    >
      {icon}
      {children}
    </Radix.Item>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
