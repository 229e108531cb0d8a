/** What an empty database shows: the examples, each one click away from a run. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowRight, FileText, Plus } from "lucide-react";
import { buttonLook } from "@/components/button";
import { Empty, LoadingRows } from "@/components/empty";
import { ProblemNotice } from "@/components/problem-notice";
import type { Sop } from "@/lib/api";
import { sopsOptions } from "@/queries/skills";

export function StartPage() {
  const sops = useQuery(sopsOptions);
  const withExamples = (sops.data?.items ?? []).filter((sop) => sop.examples.length > 0);
  return (
    <div className="px-5 py-10 md:px-10 md:py-12">
      <div className="mx-auto max-w-3xl">
        <h2 className="text-xl font-semibold tracking-tight">Nothing has run yet</h2>
        <p className="mt-1.5 max-w-xl text-ink-soft">
          A run carries out a procedure on your data, step by step, and keeps a record of each. Start with one
          of the examples, or write a procedure of your own.
        </p>
        {sops.isPending && <LoadingRows rows={3} />}
        {sops.isError && (
          <div className="mt-6">
            <ProblemNotice error={sops.error} onRetry={() => void sops.refetch()} />
          </div>
        )}
        {sops.isSuccess && withExamples.length === 0 && (
          <Empty icon={<FileText aria-hidden />} title="No examples are loaded">
            Procedures are files <code className="font-mono text-xs">sops/*.md</code> beside the skills.
          </Empty>
        )}
        <ul className="mt-6 grid gap-3 md:grid-cols-2">
          {withExamples.map((sop) => (
            <li key={sop.name}>
              <ExampleCard sop={sop} />
            </li>
          ))}
        </ul>
        <div className="mt-6">
          <Link to="/new" className={buttonLook("secondary")}>
            <Plus aria-hidden /> Write a procedure
          </Link>
        </div>
      </div>
    </div>
  );
}

function ExampleCard({ sop }: { sop: Sop }) {
  return (
    <div className="flex h-full flex-col rounded-xl border p-4">
      <h3 className="font-semibold">{sop.title}</h3>
      <p className="mt-1 mb-3 line-clamp-2 text-[0.8125rem] text-ink-soft">{summary(sop.sop)}</p>
      <ul className="mt-auto -mx-2">
        {sop.examples.map((example, index) => (
          <li key={example.title}>
            <Link
              to="/new"
              search={{ sop: sop.name, example: index }}
              className="flex items-center gap-2 rounded-lg px-2 py-1.5 text-[0.8125rem] font-medium text-accent hover:bg-accent-soft"
            >
              <span className="grow">{example.title}</span>
              <ArrowRight className="size-4 shrink-0" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The first paragraph after the heading. */
function summary(sop: string): string {
  const paragraphs = sop.replace(/^#.*$/gm, "").split(/\n\s*\n/);
  const first = paragraphs.find((paragraph) => paragraph.trim() !== "") ?? "";
  return first.trim().replace(/\s+/g, " ").replace(/[*_`]/g, "");
}
