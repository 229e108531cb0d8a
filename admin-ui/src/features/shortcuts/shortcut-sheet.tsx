/** The sheet of shortcuts: those of the page, and those of every page. */
import { Dialog, DialogBody } from "@/components/dialog";
import { Keys } from "@/components/keys";
import { COMMAND, type Shortcut, useShortcutsInForce } from "@/lib/shortcut";

const ALWAYS: Pick<Shortcut, "key" | "what">[] = [
  { key: `${COMMAND}K`, what: "Search, also while typing" },
  { key: "Escape", what: "Close what is open" },
];

export default function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const all = useShortcutsInForce();
  const here = all.filter(({ general }) => !general);
  const general = all.filter((shortcut) => shortcut.general);
  return (
    <Dialog open onClose={onClose} wide title="Keyboard shortcuts">
      <DialogBody>
        <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
          <div className="space-y-6">
            {here.length > 0 && <List title="On this page" items={here} />}
            <List
              title="Everywhere"
              items={[...ALWAYS, ...general.filter(({ key }) => !key.includes(" "))]}
            />
          </div>
          <List title="Go to a page" items={general.filter(({ key }) => key.includes(" "))} />
        </div>
        <p className="text-xs text-ink-faint">
          Single keys rest while you type and while a dialog is open. Where two keys stand, press one, then
          the other.
        </p>
      </DialogBody>
    </Dialog>
  );
}

function List({ title, items }: { title: string; items: Pick<Shortcut, "key" | "what">[] }) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium tracking-wide text-ink-faint uppercase">{title}</h3>
      <dl className="divide-y">
        {items.map(({ key, what }) => (
          <div key={key + what} className="flex min-h-9 items-center justify-between gap-4 py-1.5">
            <dt>{what}</dt>
            <dd className="shrink-0">
              <Keys keys={key} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
