/** Zoom, fit and "to this run", in the corner of the graph. */
import { Panel, useReactFlow } from "@xyflow/react";
import { LocateFixed, Maximize, Minus, Plus } from "lucide-react";
import type { ReactNode } from "react";
import { NODE } from "./graph-layout";

const FADE_MS = 200;

export function GraphControls({ here }: { here: string }) {
  const flow = useReactFlow();
  const motion = { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FADE_MS };
  const toHere = () => {
    const node = flow.getNode(here);
    if (!node) return;
    const { x, y } = node.position;
    void flow.setCenter(x + NODE.width / 2, y + NODE.height / 2, { zoom: 1, ...motion });
  };
  return (
    <Panel position="top-right" className="flex overflow-hidden rounded-lg border bg-surface shadow-card">
      <Control label="Zoom in" icon={<Plus aria-hidden />} onClick={() => void flow.zoomIn(motion)} />
      <Control label="Zoom out" icon={<Minus aria-hidden />} onClick={() => void flow.zoomOut(motion)} />
      <Control
        label="Show all"
        icon={<Maximize aria-hidden />}
        onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1, ...motion })}
      />
      <Control label="To this run" icon={<LocateFixed aria-hidden />} onClick={toHere} />
    </Panel>
  );
}

function Control({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="border-l p-2 text-ink-soft first:border-l-0 hover:bg-hover hover:text-ink [&_svg]:size-4"
    >
      {icon}
    </button>
  );
}
