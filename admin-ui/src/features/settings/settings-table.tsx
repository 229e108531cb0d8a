/** The server's settings as they are in force; they are changed where it is started. */
import { Badge } from "@/components/badge";
import { Panel } from "@/components/panel";
import type { SetUp } from "@/lib/api";

export function SettingsTable({ settings }: { settings: SetUp["settings"] }) {
  return (
    <Panel title="Server settings">
      <p className="border-b px-5 py-3 text-[0.8125rem] text-ink-soft max-md:px-4">
        Environment variables of the process that answers here. To change one, set it and start the server and
        its workers again. Secrets are never shown.
      </p>
      <dl className="divide-y">
        {settings.map(({ name, value, secret, given, meaning }) => (
          <div
            key={name}
            className="grid gap-x-6 gap-y-1 px-5 py-3 max-md:px-4 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]"
          >
            <dt className="min-w-0">
              <code className="font-mono text-xs break-all">{name}</code>
              <p className="text-[0.8125rem] text-ink-soft">{meaning}</p>
            </dt>
            <dd className="flex min-w-0 items-start gap-2 text-[0.8125rem]">
              {secret ? (
                <span className="text-ink-faint">{given ? "set, not shown" : "not set"}</span>
              ) : value === null ? (
                <span className="text-ink-faint">not set</span>
              ) : (
                <code className="font-mono text-xs leading-5 break-all">{value}</code>
              )}
              {given && !secret && <Badge>set here</Badge>}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
