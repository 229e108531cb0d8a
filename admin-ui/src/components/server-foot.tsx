/** What the server is set up to do, in two lines. */
import type { components } from "@/lib/schema";
import { signOut } from "@/lib/sign-out";

export function ServerFoot({ server }: { server: components["schemas"]["Server"] }) {
  return (
    <dl className="space-y-1 rounded-lg border px-3 py-2.5 text-xs text-ink-faint">
      <div className="flex justify-between gap-2">
        <dt>Workers</dt>
        <dd className={server.workers === 0 ? "font-medium text-bad" : "text-ink-soft"}>
          {server.workers === 0 ? "none" : server.workers}
        </dd>
      </div>
      <div className="flex justify-between gap-2">
        <dt>Model</dt>
        <dd
          className="truncate text-ink-soft"
          title={
            server.model ?? "Skills that need a model can't run. Set ASF_MODEL, for instance openai:gpt-5."
          }
        >
          {server.model ?? "none set"}
        </dd>
      </div>
      <div className="flex justify-between gap-2">
        <dt>Version</dt>
        <dd className="text-ink-soft">{server.version}</dd>
      </div>
      {server.auth && (
        <div className="flex justify-between gap-2">
          <dt>Signed in</dt>
          <dd>
            <button type="button" className="text-accent hover:underline" onClick={() => void signOut()}>
              Sign out
            </button>
          </dd>
        </div>
      )}
    </dl>
  );
}
