/** What went out before and what would go out now, path by path; the differing values stand first. */
import { type Json, type JsonObject, sameJson } from "@/lib/json";
import { Value } from "./value";
import { rowsOf } from "./value-table";

interface BeforeAndNowProps {
  before: JsonObject;
  now: JsonObject;
}

export function BeforeAndNow({ before, now }: BeforeAndNowProps) {
  const [then, today] = [byPath(before), byPath(now)];
  const paths = [...new Set([...today.keys(), ...then.keys()])];
  const differing = paths.filter((path) => !sameJson(then.get(path), today.get(path)));
  const same = paths.filter((path) => !differing.includes(path));
  return (
    <div className="space-y-2 text-[0.8125rem]">
      {differing.length === 0 ? (
        <p className="text-ink-soft">
          {paths.length === 0 ? "It reads no values." : "The same values as before would go out now."}
        </p>
      ) : (
        <dl aria-label="Other values" className="divide-y rounded-lg border bg-surface">
          {differing.map((path) => (
            <div key={path} data-differs={path} className="space-y-1 px-2.5 py-2">
              <dt className="font-mono text-xs break-all text-ink-soft">{path}</dt>
              <Side word="Before" value={then.get(path)} />
              <Side word="Now" value={today.get(path)} now />
            </div>
          ))}
        </dl>
      )}
      {same.length > 0 && (
        <details open={differing.length === 0}>
          <summary className="cursor-pointer text-ink-soft hover:text-ink">
            {same.length === 1 ? "1 value the same" : `${same.length} values the same`}
          </summary>
          <dl className="mt-1.5 divide-y rounded-lg border bg-surface">
            {same.map((path) => (
              <div key={path} className="px-2.5 py-1.5">
                <dt className="font-mono text-xs break-all text-ink-soft">{path}</dt>
                <dd className="min-w-0 break-words [overflow-wrap:anywhere]">
                  <Value value={today.get(path)} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

function Side({ word, value, now }: { word: string; value: Json | undefined; now?: boolean }) {
  return (
    <dd className="flex gap-2">
      <span className="w-12 shrink-0 text-xs leading-5 text-ink-faint">{word}</span>
      <span
        className={`min-w-0 grow [overflow-wrap:anywhere] ${now ? "rounded bg-wait-soft px-1 font-medium" : "px-1 text-ink-soft"}`}
      >
        <Value value={value} />
      </span>
    </dd>
  );
}

function byPath(data: JsonObject): Map<string, Json> {
  return new Map(rowsOf(data).map(({ path, value }) => [path, value]));
}
