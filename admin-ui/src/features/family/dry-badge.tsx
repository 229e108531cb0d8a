/** Marks a run in which nothing went out: it looks like a success, and has done nothing in the world. */
import { FlaskConical } from "lucide-react";
import { Badge } from "@/components/badge";

export function DryBadge() {
  return (
    <Badge tone="wait" title="Effects were left out in this run: recordings and samples stood in for them">
      <FlaskConical aria-hidden /> nothing went out
    </Badge>
  );
}
