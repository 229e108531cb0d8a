/** Places at which two values differ, with both. */
import { Value } from "@/components/value";
import type { DataDifference, DataDifferences } from "@/lib/api";

export function DifferencesTable({ found }: { found: DataDifferences }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full table-fixed border-collapse text-left text-[0.8125rem]">
        <thead>
          <tr className="border-b bg-sunken/60 text-xs text-ink-soft max-md:hidden">
            {["Path", "Left", "Right"].map((title) => (
              <th key={title} scope="col" className="px-3 py-1.5 font-normal first:pl-5">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {found.items.map((one) => (
            <tr key={one.path} className="align-top max-md:block">
              <th
                scope="row"
                className="py-2 pr-3 pl-5 font-mono text-xs leading-5 font-normal break-words text-ink-soft max-md:block max-md:pb-1 max-md:pl-4"
              >
                {one.path}
              </th>
              <td className="min-w-0 bg-bad-soft/60 px-3 py-2 max-md:flex max-md:gap-2 max-md:px-4">
                <Word>Left</Word>
                <Side one={one} side="left" />
              </td>
              <td className="min-w-0 bg-good-soft/60 px-3 py-2 max-md:flex max-md:gap-2 max-md:px-4">
                <Word>Right</Word>
                <Side one={one} side="right" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.more && <p className="border-t px-5 py-2 text-xs text-ink-faint">There are more differences.</p>}
    </div>
  );
}

/** On small screens, where the two stand below each other and have no heads. */
function Word({ children }: { children: string }) {
  return <span className="w-8 shrink-0 text-xs leading-5 text-ink-faint md:hidden">{children}</span>;
}

function Side({ one, side }: { one: DataDifference; side: "left" | "right" }) {
  if (one.change === (side === "left" ? "added" : "removed")) return <Value value={undefined} />;
  if (one.too_large) return <span className="text-ink-faint">differs, too large to show</span>;
  return <Value value={one[side]} />;
}
