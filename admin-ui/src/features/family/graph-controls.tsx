/** Zoom, fit and "to this run", in the corner of the graph. */
import { Panel, useReactFlow } from "@xyflow/react";
import { LocateFixed, Maximize, Minus, Plus } from "lucide-react";
import { IconButton } from "@/components/icon-button";
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
    <Panel position="top-right" className="flex rounded-lg border bg-surface shadow-card">
      <IconButton label="Zoom in" onClick={() => void flow.zoomIn(motion)}>
        <Plus aria-hidden />
      </IconButton>
      <IconButton label="Zoom out" onClick={() => void flow.zoomOut(motion)}>
        <Minus aria-hidden />
      </IconButton>
      <IconButton
        label="Show all"
        onClick={() => void flow.fitView({ padding: 0.08, maxZoom: 1, ...motion })}
      >
        <Maximize aria-hidden />
      </IconButton>
      <IconButton label="To this run" onClick={toHere}>
        <LocateFixed aria-hidden />
      </IconButton>
    </Panel>
  );
}
