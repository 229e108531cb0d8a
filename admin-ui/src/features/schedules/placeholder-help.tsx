/** What may stand in the values of a scheduled run. */
import { CopyButton } from "@/components/copy-button";
import { PLACEHOLDERS } from "./placeholders";

export function PlaceholderHelp() {
  return (
    <details className="rounded-lg border text-[0.8125rem]">
      <summary className="cursor-pointer rounded-lg px-3 py-2 font-medium text-ink-soft select-none hover:bg-hover">
        Placeholders, such as <code className="font-mono text-xs">{"{{ scheduled_at.date }}"}</code>
      </summary>
      <div className="border-t px-3 py-3">
        <p className="mb-2 text-ink-soft">
          In any text of the values, filled in when it comes due. A text that is nothing but one placeholder
          becomes that very value, also a number.
        </p>
        <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_minmax(0,1fr)]">
          {PLACEHOLDERS.map(({ name, meaning }) => (
            <div key={name} className="contents">
              <dt className="flex items-center gap-1 font-mono text-xs">
                {`{{ ${name} }}`}
                <CopyButton text={`{{ ${name} }}`} label={`Copy {{ ${name} }}`} />
              </dt>
              <dd className="text-ink-soft max-sm:mb-2 max-sm:pl-2">{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
