/** A short explanation of what it stands around, on hover and on focus. */
import * as Radix from "@radix-ui/react-tooltip";
import type { ReactNode } from "react";

export function Tip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={300}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-72 animate-enter rounded-lg border bg-raised px-2.5 py-1.5 text-xs text-ink-soft shadow-float"
          >
            {text}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
