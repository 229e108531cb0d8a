/** What both runs have taken, and how much more or less the right one has. */
import type { TotalsPair } from "@/lib/api";
import { approximate } from "@/lib/json";
import { duration } from "@/lib/time";

type Figures = TotalsPair["left"];
type Name = keyof Figures;

const time = (seconds: number) => duration(Math.abs(seconds) * 1000);
const count = (value: number) => Math.abs(value).toLocaleString("en");
const dollars = (value: number) => `$${Math.abs(value)}`;
const ROWS: { name: Name; title: string; shown: (value: number) => string }[] = [
  { name: "seconds", title: "Time", shown: time },
  { name: "tokens", title: "Tokens", shown: count },
  { name: "money", title: "Money", shown: dollars },
  { name: "model_calls", title: "Model calls", shown: count },
];

export function TotalsTable({ totals }: { totals: TotalsPair }) {
  const figure = (figures: { [K in Name]: Figures[K] | null }, name: Name) => approximate(figures[name]);
  return (
    <table className="w-full border-collapse text-left text-[0.8125rem]">
      <thead>
        <tr className="border-b bg-sunken/60 text-xs text-ink-soft">
          <th scope="col" className="py-1.5 pl-5 font-normal max-md:pl-4">
            <span className="sr-only">What</span>
          </th>
          {["Left", "Right", "Change"].map((title) => (
            <th key={title} scope="col" className="px-3 py-1.5 text-right font-normal last:pr-5">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y tabular">
        {ROWS.map(({ name, title, shown }) => {
          const delta = figure(totals.delta, name);
          return (
            <tr key={name}>
              <th scope="row" className="py-2 pl-5 font-medium max-md:pl-4">
                {title}
              </th>
              {[figure(totals.left, name), figure(totals.right, name)].map((value, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: left and right
                <td key={index} className="px-3 py-2 text-right">
                  {value === null ? <span className="text-ink-faint">unknown</span> : shown(value)}
                </td>
              ))}
              <td className="px-3 py-2 pr-5 text-right text-ink-soft">
                {delta === null
                  ? "unknown"
                  : delta === 0
                    ? "same"
                    : `${delta > 0 ? "+" : "−"}${shown(delta)}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
