/** What the chosen skills need of the data, and what of it is there. */
import { Check, CircleDashed, Plus } from "lucide-react";
import type { FirstChoice } from "@/lib/api";
import { cx } from "@/lib/class-names";
import type { JsonObject } from "@/lib/json";
import { emptyPlaces } from "./start-draft";

interface NeedsProps {
  needs: FirstChoice["needs"];
  data: JsonObject;
  /** Makes a place for each of these paths. */
  onAdd: (paths: string[]) => void;
}

export function Needs({ needs, data, onAdd }: NeedsProps) {
  if (needs.length === 0) return null;
  const missing = needs.filter(({ there }) => !there).map(({ path }) => path);
  const empty = emptyPlaces(
    data,
    needs.map(({ path }) => path),
  );
  return (
    <section aria-label="What the data have to hold" className="-mt-3 space-y-2 text-[0.8125rem]">
      <ul className="flex flex-wrap items-center gap-1.5">
        <li className="mr-1 text-ink-soft">The skills need</li>
        {needs.map(({ path, there, skills }) => {
          const open = !there || empty.includes(path);
          return (
            <li
              key={path}
              title={`for ${skills.join(", ")}`}
              data-need={path}
              data-there={!open}
              className={cx(
                "inline-flex h-6 items-center gap-1 rounded-md px-1.5 font-mono text-xs",
                open ? "bg-wait-soft text-wait" : "bg-good-soft text-good",
              )}
            >
              {open ? (
                <CircleDashed className="size-3" role="img" aria-label="missing:" />
              ) : (
                <Check className="size-3" role="img" aria-label="there:" />
              )}
              {path}
            </li>
          );
        })}
        {missing.length > 0 && (
          <li>
            <button
              type="button"
              onClick={() => onAdd(missing)}
              className="inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-xs font-medium text-accent hover:bg-hover"
            >
              <Plus className="size-3" aria-hidden /> Add what is missing
            </button>
          </li>
        )}
      </ul>
      {empty.length > 0 && (
        <p className="text-wait">
          {empty.join(", ")} {empty.length === 1 ? "is" : "are"} still empty. Skills take that as it stands.
        </p>
      )}
    </section>
  );
}
