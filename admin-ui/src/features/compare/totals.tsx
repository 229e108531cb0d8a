/** What both runs have taken, and how much more or less the right one has. */
import type { TotalsPair } from "@/lib/api";
import { approximate } from "@/lib/json";
import { duration } from "@/lib/time";
import { type Figure, signed } from "./signed";

type Name = keyof TotalsPair["left"];

const count = (value: number) => value.toLocaleString("en");
const TILES: { name: Name; title: string; shown: (value: number) => string }[] = [
  { name: "seconds", title: "Time", shown: (value) => duration(value * 1000) },
  { name: "tokens", title: "Tokens", shown: count },
  { name: "money", title: "Money", shown: (value) => `$${value}` },
  { name: "model_calls", title: "Model calls", shown: count },
];

export function Totals({ totals }: { totals: TotalsPair }) {
  return (
    <dl aria-label="What it took" className="grid grid-cols-4 divide-x border-t max-md:grid-cols-2">
      {TILES.map(({ name, title, shown }) => {
        const figures: Figure = {
          left: approximate(totals.left[name]),
          right: approximate(totals.right[name]),
          delta: approximate(totals.delta[name]),
        };
        const said = (value: number | null) => (value === null ? "unknown" : shown(value));
        return (
          <div
            key={name}
            data-total={name}
            className="px-5 py-3 max-md:border-t max-md:px-4 max-md:even:border-r-0 max-md:nth-[-n+2]:border-t-0"
          >
            <dt className="text-xs text-ink-faint">{title}</dt>
            <dd className="font-semibold tabular">{signed(figures, shown)}</dd>
            <dd className="text-xs break-words text-ink-soft tabular">
              {said(figures.left)} → {said(figures.right)}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
