/** Which later run did what a failed one had failed to do. */
import { Link } from "@tanstack/react-router";
import { Wrench } from "lucide-react";
import { Badge } from "@/components/badge";
import { shortName } from "./naming";

export function FixedBy({ by, root }: { by: string; root: string }) {
  return (
    <Link to="/runs/$threadId" params={{ threadId: by }} className="inline-flex max-w-full hover:underline">
      <Badge tone="good" title={`${by} completed what this run had failed to do`}>
        <Wrench aria-hidden className="shrink-0" />
        <span className="truncate">Fixed by {shortName(by, root)}</span>
      </Badge>
    </Link>
  );
}
