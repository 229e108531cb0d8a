/** Markdown of skills and procedures; the parser is loaded with the first text. */
import { lazy, Suspense } from "react";
import { Skeleton } from "./empty";

const MarkdownText = lazy(() => import("./markdown-text"));

export function Markdown({ text }: { text: string }) {
  return (
    <Suspense fallback={<Skeleton className="h-16" />}>
      <MarkdownText text={text} />
    </Suspense>
  );
}
