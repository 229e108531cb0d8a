/** Says that the server does not answer, or that it has another version than this page; goes away by itself. */
import { type UseQueryResult, useQueryClient } from "@tanstack/react-query";
import { CloudOff, RotateCw, Sparkles } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { cx } from "@/lib/class-names";
import { asApiError, isAway } from "@/lib/problem";
import type { components } from "@/lib/schema";
import { Button } from "./button";

export function Connection({ server }: { server: UseQueryResult<components["schemas"]["Server"]> }) {
  const queries = useQueryClient();
  const away = server.isError && isAway(server.error);
  const version = server.data?.version;
  const [loaded, setLoaded] = useState(version);
  if (loaded === undefined && version !== undefined) setLoaded(version);
  useEffect(() => {
    // Once it answers again, so does what failed meanwhile.
    if (!away) void queries.refetchQueries({ predicate: ({ state }) => state.status === "error" });
  }, [away, queries]);
  if (away) {
    return (
      <Strip look="bg-wait-soft text-wait" icon={<CloudOff aria-hidden />}>
        <strong className="font-semibold">
          {asApiError(server.error).type === "database-gone"
            ? "The server can't reach its database."
            : "The server can't be reached."}
        </strong>{" "}
        What you see may be out of date. The page goes on by itself as soon as there is an answer.
      </Strip>
    );
  }
  if (version !== undefined && loaded !== undefined && version !== loaded) {
    return (
      <Strip look="bg-busy-soft text-busy" icon={<Sparkles aria-hidden />}>
        <span className="mr-3">
          <strong className="font-semibold">A new version is there.</strong> The server now runs {version}.
        </span>
        <Button size="sm" icon={<RotateCw aria-hidden />} onClick={() => window.location.reload()}>
          Reload
        </Button>
      </Strip>
    );
  }
  return null;
}

function Strip({ look, icon, children }: { look: string; icon: ReactNode; children: ReactNode }) {
  return (
    <div
      role="status"
      data-connection
      className={cx(
        "sticky top-0 z-20 flex items-center gap-3 border-b px-8 py-2 text-[0.8125rem] max-lg:top-[3.25rem] max-md:px-4 print:hidden [&>svg]:size-4 [&>svg]:shrink-0",
        look,
      )}
    >
      {icon}
      <div>{children}</div>
    </div>
  );
}
