/** The family of a run as a graph, from left to right. Loaded when somebody first looks at it. */
import { Background, type Edge, MarkerType, MiniMap, type Node, ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type CSSProperties, useMemo } from "react";
import type { FamilyLine } from "./fold";
import { FoldNode } from "./fold-node";
import { GraphControls } from "./graph-controls";
import { connections, NODE, placed } from "./graph-layout";
import type { Picks } from "./picks";
import { RunNode } from "./run-node";

/** With more than these a map of the whole helps. */
const LARGE = 30;
const TYPES = { run: RunNode, fold: FoldNode };
const COLOURS = {
  "--xy-edge-stroke": "var(--line-strong)",
  "--xy-background-color": "var(--canvas)",
  "--xy-background-pattern-color": "var(--line)",
  "--xy-minimap-background-color": "var(--surface)",
  "--xy-minimap-mask-background-color": "color-mix(in srgb, var(--sunken) 70%, transparent)",
  "--xy-attribution-background-color": "transparent",
} as CSSProperties;

interface Shared {
  root: string;
  /** The run whose page it is. */
  here: string;
  picks: Picks;
  onOpen: (foldId: string) => void;
}

export interface RunNodeData extends Shared, Record<string, unknown> {
  line: FamilyLine;
}

export default function FamilyGraph({ lines, root, here, picks, onOpen }: Shared & { lines: FamilyLine[] }) {
  const nodes = useMemo(
    () => placed(lines).map(({ line, x, y }) => nodeOf(line, { x, y }, { root, here, picks, onOpen })),
    [lines, root, here, picks, onOpen],
  );
  const edges = useMemo(() => connections(lines).map(edgeOf), [lines]);
  return (
    <section
      aria-label="Family graph"
      className="h-[clamp(20rem,60dvh,40rem)] overflow-hidden rounded-b-xl"
      style={COLOURS}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        // The wheel scrolls the page; with Ctrl or ⌘, or two fingers, it zooms.
        zoomOnScroll={false}
        preventScrolling={false}
        minZoom={0.1}
        maxZoom={1.5}
        fitView
        fitViewOptions={{ minZoom: 0.4, maxZoom: 1, padding: 0.08 }}
      >
        <Background gap={20} />
        <GraphControls here={here} many={lines.length} />
        {lines.length > LARGE && (
          <MiniMap
            ariaLabel="Map of the whole family"
            pannable
            nodeColor="var(--line-strong)"
            className="max-md:!hidden"
          />
        )}
      </ReactFlow>
    </section>
  );
}

function nodeOf(line: FamilyLine, position: { x: number; y: number }, shared: Shared): Node<RunNodeData> {
  return {
    id: line.id,
    type: line.fold ? "fold" : "run",
    position,
    data: { ...shared, line },
    // Said beforehand, so that what is out of sight need not be drawn to be measured.
    ...NODE,
    measured: NODE,
    handles: [
      { type: "target", position: "left", x: 0, y: NODE.height / 2, width: 1, height: 1 },
      { type: "source", position: "right", x: NODE.width, y: NODE.height / 2, width: 1, height: 1 },
    ] as Node["handles"],
  };
}

function edgeOf({ from, to, fixes }: ReturnType<typeof connections>[number]): Edge {
  const colour = fixes ? "var(--good)" : "var(--line-strong)";
  return {
    id: `${from} ${to}`,
    source: from,
    target: to,
    type: "smoothstep",
    ariaLabel: fixes ? "leads to a fix" : "was rerun",
    style: { stroke: colour, strokeWidth: fixes ? 2 : 1.25 },
    markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: 14, height: 14 },
  };
}
