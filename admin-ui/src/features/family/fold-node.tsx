/** Several runs that ended alike, as one node of the graph; a click opens them. */
import type { NodeProps } from "@xyflow/react";
import { Layers } from "lucide-react";
import type { RunNodeData } from "./family-graph";
import { foldRange, foldText } from "./naming";
import { NodeHandles } from "./run-node";

export function FoldNode({ id, data: { line, root, onOpen } }: NodeProps & { data: RunNodeData }) {
  if (!line.fold) return null;
  return (
    <div className="pointer-events-auto h-full w-full">
      <NodeHandles />
      <button
        type="button"
        onClick={() => onOpen(id)}
        title="Show each of them"
        className="flex h-full w-full items-center gap-2.5 rounded-xl border border-dashed border-line-strong bg-sunken px-3 text-left hover:bg-hover"
      >
        <Layers aria-hidden className="size-4 shrink-0 text-ink-faint" />
        <span className="min-w-0">
          <span className="block truncate font-medium">{foldText(line.fold)}</span>
          <span className="block truncate text-xs text-ink-soft">{foldRange(line.fold, root)}</span>
        </span>
      </button>
    </div>
  );
}
