/** Example inputs of the named procedures; a click fills in the form. */
import { Panel } from "@/components/panel";
import type { Sop } from "@/lib/api";
import { cx } from "@/lib/class-names";

interface ExamplePickerProps {
  sops: Sop[];
  chosen: string | undefined;
  example: number | undefined;
  onChoose: (search: { sop: string; example: number }) => void;
}

export function ExamplePicker({ sops, chosen, example, onChoose }: ExamplePickerProps) {
  const withExamples = sops.filter(
    ({ name, examples }) => examples.length > 0 && (!chosen || name === chosen),
  );
  if (withExamples.length === 0) return null;
  return (
    <Panel title="Examples">
      <div className="max-h-[32rem] space-y-4 overflow-y-auto px-3 py-3 max-lg:max-h-56">
        {withExamples.map((sop) => (
          <section key={sop.name}>
            <h3 className="px-2 pb-1 text-xs text-ink-faint">{sop.title}</h3>
            <ul>
              {sop.examples.map(({ title, note }, index) => {
                const on = sop.name === chosen && index === example;
                return (
                  <li key={title}>
                    <button
                      type="button"
                      aria-pressed={on}
                      onClick={() => onChoose({ sop: sop.name, example: index })}
                      className={cx(
                        "w-full rounded-lg px-2 py-1.5 text-left transition-colors",
                        on ? "bg-accent-soft" : "hover:bg-hover",
                      )}
                    >
                      <span className={cx("block text-[0.8125rem] font-medium", on && "text-accent")}>
                        {title}
                      </span>
                      {note && <span className="mt-0.5 block text-xs text-ink-faint">{note}</span>}
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        ))}
      </div>
    </Panel>
  );
}
