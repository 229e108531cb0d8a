/** The list of steps beside the step that is looked at; one below the other where there is no room. */
import type { ReactNode } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { useWide } from "@/lib/use-wide";

interface PanesProps {
  list: ReactNode;
  detail: ReactNode;
}

const LIST = "steps";
const DETAIL = "step";

export function Panes({ list, detail }: PanesProps) {
  const wide = useWide();
  // Where the border was left stays in the browser.
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: "run-panes",
    panelIds: [LIST, DETAIL],
    storage: window.localStorage,
  });
  if (!wide) {
    return (
      <div className="space-y-4">
        <div className="flex max-h-[60dvh] min-h-0 flex-col overflow-hidden rounded-xl border bg-surface shadow-card">
          {list}
        </div>
        <div className="overflow-hidden rounded-xl border bg-surface shadow-card">{detail}</div>
      </div>
    );
  }
  return (
    // What the page leaves of the screen, so that both ends of the list are in view.
    <div className="relative min-h-92 grow overflow-hidden rounded-xl border bg-surface shadow-card">
      <Group
        className="absolute inset-0"
        orientation="horizontal"
        defaultLayout={defaultLayout ?? { [LIST]: 46, [DETAIL]: 54 }}
        onLayoutChanged={onLayoutChanged}
      >
        <Panel id={LIST} minSize="18rem" className="flex min-h-0 flex-col" style={{ overflow: "hidden" }}>
          {list}
        </Panel>
        <Separator
          aria-label="Width of the list of steps"
          className="group relative w-px bg-line outline-none before:absolute before:inset-y-0 before:-left-1 before:w-2 before:transition-colors hover:before:bg-accent/40 focus-visible:before:bg-accent data-[separator=active]:before:bg-accent/60"
        />
        <Panel id={DETAIL} minSize="20rem" className="flex min-h-0 flex-col" style={{ overflow: "hidden" }}>
          {detail}
        </Panel>
      </Group>
    </div>
  );
}
