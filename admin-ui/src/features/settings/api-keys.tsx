/** Who may use the server, and signing out. */
import { LogOut } from "lucide-react";
import { Button } from "@/components/button";
import { Panel } from "@/components/panel";
import { signOut } from "@/lib/sign-out";

export function ApiKeys({ needed }: { needed: boolean }) {
  return (
    <Panel
      title="API keys"
      aside={
        needed && (
          <Button size="sm" icon={<LogOut aria-hidden />} onClick={() => void signOut()}>
            Sign out
          </Button>
        )
      }
    >
      <p className="max-w-prose px-5 py-4 text-ink-soft max-md:px-4">
        {needed ? (
          <>
            Everybody signs in with one of the keys in <Code>ASF_API_KEYS</Code>; runs and answers keep the
            first digits of its digest, never the key. Give each person and program a key of their own. To end
            the sessions of a key, take it out and start the server again.
          </>
        ) : (
          <>
            None is needed: the server answers this computer only. To let others in, set{" "}
            <Code>ASF_API_KEYS</Code> and <Code>ASF_HOST</Code> and start the server again.
          </>
        )}
      </p>
    </Panel>
  );
}

function Code({ children }: { children: string }) {
  return <code className="font-mono text-xs">{children}</code>;
}
