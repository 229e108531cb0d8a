/** In place of a page that broke: what to do, and what to tell those who can mend it. */
import { useQuery } from "@tanstack/react-query";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useCopy } from "@/lib/copy";
import { isAway } from "@/lib/problem";
import { useTitle } from "@/lib/title";
import { serverOptions } from "@/queries/skills";
import { Button } from "./button";
import { Page } from "./layout";

/** The name of an error that says that a file of the pages could not be loaded. */
export const PART_MISSING = "PartMissing";

export function PageError({ error: thrown }: ErrorComponentProps<unknown>) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const router = useRouter();
  const server = useQuery(serverOptions);
  const again = () => void router.invalidate();
  const missing = error.name === PART_MISSING;
  const away = server.isError && isAway(server.error);
  const { title, text } = missing ? (away ? AWAY : NEW) : BROKEN;
  useTitle(title);
  return (
    <Page title={title} subtitle={text}>
      <div className="flex flex-wrap gap-2">
        {missing && !away ? (
          <Button look="primary" icon={<RotateCw aria-hidden />} onClick={() => window.location.reload()}>
            Reload
          </Button>
        ) : (
          <Button look="primary" icon={<RotateCw aria-hidden />} onClick={again}>
            Try again
          </Button>
        )}
        <CopyDetails error={error} version={server.data?.version} />
      </div>
      <pre className="mt-6 max-h-80 overflow-auto rounded-xl border bg-sunken p-4 font-mono text-xs whitespace-pre-wrap break-words text-ink-soft">
        {error.message}
      </pre>
    </Page>
  );
}

const AWAY = {
  title: "This page could not be loaded",
  text: "The server can't be reached. Try again once it answers.",
};
const NEW = {
  title: "A new version is there",
  text: "This page belongs to a version that the server no longer has. Reload to get the new one.",
};
const BROKEN = {
  title: "This page has stopped working",
  text: "Nothing has happened to your runs. Try again; if it happens once more, please report it with the details.",
};

function CopyDetails({ error, version }: { error: Error; version: string | undefined }) {
  const [copied, copy] = useCopy();
  const copyAll = () => {
    const lines = [
      `${error.name}: ${error.message}`,
      `Page: ${window.location.pathname}`,
      `Time: ${new Date().toISOString()}`,
      `Version: ${version ?? "unknown"}`,
      `Browser: ${navigator.userAgent}`,
      error.stack ?? "",
    ];
    copy(lines.join("\n"));
  };
  return <Button onClick={copyAll}>{copied ? "Copied" : "Copy details"}</Button>;
}
