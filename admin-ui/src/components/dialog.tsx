/** A modal dialog; on small screens it fills the bottom of the page. */
import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "@/lib/class-names";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  wide?: boolean | "full";
  /** While true neither Esc nor a click outside closes it. */
  locked?: boolean;
  children: ReactNode;
}

export function Dialog({ open, onClose, title, description, wide, locked, children }: DialogProps) {
  const hold = (event: Event) => {
    if (locked) event.preventDefault();
  };
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && !locked && onClose()}>
      <Radix.Portal>
        {/* As high as what it lies under: the page stacks them as they come, also over another dialog. */}
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/40 backdrop-blur-[1px]" />
        <Radix.Content
          aria-describedby={undefined}
          onEscapeKeyDown={hold}
          onPointerDownOutside={hold}
          className={cx(
            "fixed z-50 flex max-h-[min(88dvh,60rem)] flex-col overflow-hidden rounded-2xl border bg-raised shadow-float",
            "top-[6dvh] left-1/2 w-[calc(100vw-2rem)] -translate-x-1/2 animate-enter focus:outline-none",
            "max-md:top-auto max-md:bottom-0 max-md:w-full max-md:rounded-b-none",
            wide === "full" ? "max-w-[72rem]" : wide ? "max-w-3xl" : "max-w-lg",
          )}
        >
          <header className="flex items-start justify-between gap-4 border-b px-6 py-4 max-md:px-4">
            <div className="min-w-0">
              <Radix.Title className="text-base font-semibold break-words">{title}</Radix.Title>
              {description !== undefined && <div className="mt-0.5 text-ink-soft">{description}</div>}
            </div>
            <Radix.Close
              aria-label="Close"
              className="-mr-1.5 rounded-md p-1.5 text-ink-faint hover:bg-hover hover:text-ink"
            >
              <X className="size-4" aria-hidden />
            </Radix.Close>
          </header>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function DialogBody({ children }: { children: ReactNode }) {
  return <div className="space-y-5 overflow-y-auto px-6 py-5 max-md:px-4">{children}</div>;
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return (
    <footer className="flex flex-wrap items-center justify-end gap-2 border-t bg-canvas/60 px-6 py-3.5 max-md:px-4">
      {children}
    </footer>
  );
}

/** What went wrong, beside the buttons that ask for it; on small screens above them. */
export function FooterProblem({ children }: { children: ReactNode }) {
  return (
    <p
      role="alert"
      className="mr-auto min-w-0 grow basis-52 text-[0.8125rem] break-words text-bad max-sm:basis-full"
    >
      {children}
    </p>
  );
}
