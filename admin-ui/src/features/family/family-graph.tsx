/** The family of a run as a graph, from left to right. Loaded when somebody first looks at it. */
import { Background, type Edge, MarkerType, MiniMap, type Node, Panel, ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { type CSSProperties, useMemo } from "react";
import type { FamilyLine } from "./fold";
import { FoldNode } from "./fold-node";
import { GraphControls } from "./graph-controls";
import { connections, NODE, nearest, placed } from "./graph-layout";
import type { Picks } from "./picks";
import { RunNode } from "./run-node";

/** Up to so many the whole can be read at once; of more, this run and what is around it. */
const FEW = 12;
/** More than these nobody can read, and a browser draws them slowly. */
const MOST = 100;
/** With more than these a map of the graph helps. */
const LARGE = 30;
/** Room above and below the runs, in pixels. */
const FRAME = 64;
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

export default function FamilyGraph({
  lines: all,
  root,
  here,
  picks,
  onOpen,
}: Shared & { lines: FamilyLine[] }) {
  const lines = useMemo(() => nearest(all, here, MOST), [all, here]);
  const nodes = useMemo(
    () => placed(lines).map(({ line, x, y }) => nodeOf(line, { x, y }, { root, here, picks, onOpen })),
    [lines, root, here, picks, onOpen],
  );
  const rows = nodes.map(({ position: { y } }) => y);
  const tall = Math.max(...rows) - Math.min(...rows) + NODE.height;
  const edges = useMemo(() => connections(lines).map(edgeOf), [lines]);
  return (
    <section
      aria-label="Family graph"
      className="max-h-[max(20rem,62dvh)] overflow-hidden rounded-b-xl"
      // A few runs need no tall frame; the buttons stand above them.
      style={{ ...COLOURS, height: tall + 2 * FRAME }}
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
        fitView={lines.length <= FEW}
        defaultViewport={viewportAt(nodes.find(({ id }) => id === here))}
        fitViewOptions={{ minZoom: 0.4, maxZoom: 1, padding: 0.08 }}
      >
        <Background gap={20} />
        <GraphControls here={here} />
        {lines.length > LARGE && (
          <MiniMap
            ariaLabel="Map of the graph"
            pannable
            nodeColor="var(--line-strong)"
            className="max-md:!hidden"
          />
        )}
        {lines.length < all.length && (
          <Panel
            position="top-left"
            className="rounded-lg border bg-surface px-2.5 py-1.5 text-xs text-ink-soft"
          >
            The {lines.length} nearest to this run; the tree has them all
          </Panel>
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

function viewportAt(node: Node | undefined) {
  const { x, y } = node?.position ?? { x: 0, y: 0 };
  return { x: FRAME / 2 - x, y: 2 * FRAME - y, zoom: 1 };
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
