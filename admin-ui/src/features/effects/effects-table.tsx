/** The ledger: a table on wide screens, cards on small ones. */
import type { Effect } from "@/lib/api";
import { EffectRow } from "./effect-row";

export function EffectsTable({ effects }: { effects: Effect[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Effect
          </th>
          <th scope="col">State</th>
          <th scope="col">What went out</th>
          <th scope="col">Who did it</th>
          <th scope="col" className="!pr-5">
            Not done again by
          </th>
        </tr>
      </thead>
      {effects.map((effect) => (
        <EffectRow key={effect.id} effect={effect} />
      ))}
    </table>
  );
}
