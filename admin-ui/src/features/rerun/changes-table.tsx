/** What differs from the original, path by path. */
import { Value } from "@/components/value";
import type { Change } from "@/lib/changes";

export function ChangesTable({ changes }: { changes: Change[] }) {
  return (
    <div className="overflow-x-auto rounded-lg border">
      <table className="w-full border-collapse text-left text-[0.8125rem]">
        <thead>
          <tr className="border-b bg-sunken/60 text-xs text-ink-soft">
            <th scope="col" className="px-3 py-1.5 font-normal">
              Path
            </th>
            <th scope="col" className="px-3 py-1.5 font-normal">
              Original
            </th>
            <th scope="col" className="px-3 py-1.5 font-normal">
              This rerun
            </th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {changes.map(({ path, before, after }) => (
            <tr key={path} className="align-top">
              <th scope="row" className="px-3 py-2 font-mono text-xs font-normal break-words text-ink-soft">
                {path}
              </th>
              <td className="bg-bad-soft/60 px-3 py-2">
                <Value value={before} />
              </td>
              <td className="bg-good-soft/60 px-3 py-2">
                <Value value={after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
