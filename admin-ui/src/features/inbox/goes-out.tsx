/** The request that agreeing sends off, as it stands. */
import { Value } from "@/components/value";
import { ValueTable } from "@/components/value-table";
import type { GoesOut } from "@/lib/api/waits";
import { isObject } from "@/lib/json";

export function GoesOutPanel({ request }: { request: GoesOut }) {
  const { method, url, query, body } = request;
  return (
    <section aria-label="What goes out" className="overflow-hidden rounded-lg border">
      <h3 className="flex flex-wrap items-baseline gap-x-2 bg-sunken/60 px-3 py-2 text-[0.8125rem] font-medium">
        What goes out
        <code className="min-w-0 font-mono text-xs font-normal break-all text-ink-soft">
          {method} {url}
        </code>
      </h3>
      {Object.keys(query).length > 0 && (
        <div className="border-t px-3">
          <ValueTable data={query} nested />
        </div>
      )}
      {body !== null && (
        <div className="border-t px-3">
          {isObject(body) ? (
            <ValueTable data={body} nested />
          ) : (
            <div className="py-2 text-[0.8125rem]">
              <Value value={body} />
            </div>
          )}
        </div>
      )}
    </section>
  );
}
