/** The look of the search over everything: a field, and groups of what it finds. */
import * as Radix from "@radix-ui/react-dialog";
import { Command, defaultFilter } from "cmdk";
import { LoaderCircle, Search } from "lucide-react";
import type { ReactNode } from "react";
import { Keys } from "@/components/keys";

interface PaletteFrameProps {
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
  busy: boolean;
  /** Said where nothing is found. */
  nothing: string;
  children: ReactNode;
}

export function PaletteFrame({ text, onText, onClose, busy, nothing, children }: PaletteFrameProps) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/40 backdrop-blur-[1px]" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[10dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-enter overflow-hidden rounded-2xl border bg-raised shadow-float focus:outline-none max-md:top-3"
        >
          <Radix.Title className="sr-only">Search</Radix.Title>
          <Command label="Search" loop filter={matches}>
            <div className="flex items-center gap-3 border-b px-4">
              {busy ? (
                <LoaderCircle className="size-4.5 shrink-0 animate-spin text-ink-faint" aria-hidden />
              ) : (
                <Search className="size-4.5 shrink-0 text-ink-faint" aria-hidden />
              )}
              <Command.Input
                value={text}
                onValueChange={onText}
                placeholder="Search runs, skills, pages…"
                className="h-13 w-full bg-transparent text-[0.9375rem] outline-none"
              />
            </div>
            <Command.List
              label="What was found"
              className="max-h-[min(60dvh,26rem)] scroll-py-2 overflow-y-auto overscroll-contain p-2"
            >
              {!busy && (
                <Command.Empty className="px-4 py-10 text-center text-ink-soft">{nothing}</Command.Empty>
              )}
              {children}
            </Command.List>
          </Command>
          <footer className="flex gap-4 border-t bg-canvas/60 px-4 py-2 text-xs text-ink-faint max-md:hidden">
            <span className="flex items-center gap-1.5">
              <Keys keys="ArrowUp ArrowDown" /> choose
            </span>
            <span className="flex items-center gap-1.5">
              <Keys keys="Enter" /> open
            </span>
            <span className="flex items-center gap-1.5">
              <Keys keys="Escape" /> close
            </span>
          </footer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** What begins a value that the server has searched for already: it matches. */
export const FOUND = "found ";

function matches(value: string, text: string, keywords?: string[]): number {
  return value.startsWith(FOUND) ? 1 : defaultFilter(value, text, keywords);
}

interface PaletteGroupProps {
  heading: string;
  children: ReactNode;
}

export function PaletteGroup({ heading, children }: PaletteGroupProps) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:tracking-wide [&_[cmdk-group-heading]]:text-ink-faint [&_[cmdk-group-heading]]:uppercase"
    >
      {children}
    </Command.Group>
  );
}

interface PaletteItemProps {
  /** What is matched; no two are alike. */
  value: string;
  icon: ReactNode;
  keys?: string;
  /** Beside the name in small, on small screens below it. */
  more?: string | undefined;
  aside?: ReactNode;
  onChoose: () => void;
  children: ReactNode;
}

export function PaletteItem({ value, icon, keys, more, aside, onChoose, children }: PaletteItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onChoose}
      className="flex min-h-9 cursor-default items-center gap-3 rounded-lg px-2.5 py-1 text-[0.8125rem] data-[selected=true]:bg-accent-soft max-md:min-h-11 [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-ink-faint"
    >
      {icon}
      <span className="flex min-w-0 items-center gap-3 max-md:block">
        <span className="block min-w-0 truncate">{children}</span>
        {more !== undefined && <span className="block min-w-0 truncate text-xs text-ink-soft">{more}</span>}
      </span>
      <span className="ml-auto flex shrink-0 items-center gap-2">
        {aside}
        {keys !== undefined && <Keys keys={keys} />}
      </span>
    </Command.Item>
  );
}
