/** Failures by kind: a table on wide screens, cards on small ones. */
import { Link } from "@tanstack/react-router";
import { Layers, Undo2, X } from "lucide-react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { When } from "@/components/when";
import type { FailureGroup, FailurePage } from "@/lib/api/failures";
import { OverTime, spanText } from "./over-time";

const CELL = "px-3 py-3 align-top max-md:p-0";

export interface FailureActions {
  onCampaign: (group: FailureGroup) => void;
  onDismiss: (group: FailureGroup) => void;
  onRestore: (group: FailureGroup) => void;
}

interface FailuresTableProps extends FailureActions {
  groups: FailureGroup[];
  /** The time that the small bars stand for. */
  window: FailurePage["over_time"];
}

export function FailuresTable({ groups, window, ...actions }: FailuresTableProps) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Failure
          </th>
          <th scope="col" className="text-right">
            Runs
          </th>
          <th scope="col">{spanText(window)}</th>
          <th scope="col">First and last</th>
          <th scope="col" className="!pr-5">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {groups.map((group) => (
          <Row key={`${group.skill} ${group.signature}`} group={group} window={window} {...actions} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps extends FailureActions {
  group: FailureGroup;
  window: FailurePage["over_time"];
}

function Row({ group, window, onCampaign, onDismiss, onRestore }: RowProps) {
  const { skill, error_type, signature, count, dismissed, sample, versions } = group;
  const open = count - dismissed;
  const name = skill || error_type;
  return (
    <tr
      data-failure={skill}
      className="transition-colors hover:bg-hover max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-2 max-md:px-4 max-md:py-4"
    >
      <td className={`${CELL} md:max-w-0 md:w-full md:pl-5`}>
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {skill ? (
            <Link to="/skills/$name" params={{ name: skill }} className="font-medium hover:text-accent">
              {skill}
            </Link>
          ) : (
            <span className="font-medium">No skill</span>
          )}
          <Badge>{error_type}</Badge>
          {dismissed > 0 && <Badge title="Nobody will mend these">{dismissed} dismissed</Badge>}
        </div>
        <p
          className="mt-1 line-clamp-3 text-[0.8125rem] break-words text-bad [overflow-wrap:anywhere]"
          title={signature}
        >
          {sample.message ?? signature}
        </p>
        <p className="mt-1 flex flex-wrap gap-x-2 text-xs text-ink-faint">
          <span>
            for instance{" "}
            <Link
              to="/runs/$threadId"
              params={{ threadId: sample.thread_id }}
              className="text-ink-soft underline hover:text-accent"
            >
              {sample.run_name}
            </Link>
          </span>
          {versions.length > 0 && (
            <span>
              {versions.length === 1 ? "version" : "versions"}{" "}
              {versions.slice(0, 3).map((digest) => (
                <Link
                  key={digest}
                  to="/skills/$name"
                  params={{ name: skill }}
                  search={{ version: digest }}
                  className="mr-1.5 font-mono hover:text-accent"
                >
                  {digest.slice(0, 8)}
                </Link>
              ))}
              {versions.length > 3 && `and ${versions.length - 3} more`}
            </span>
          )}
        </p>
      </td>
      <td className={`${CELL} text-right`}>
        <Link
          to="/runs"
          search={{
            signature,
            ...(skill ? { failed: skill } : {}),
            ...(open > 0 ? { open: "yes" } : { status: "failed" }),
          }}
          aria-label={`The ${count} runs that failed so`}
          className="tabular text-lg leading-5 font-semibold text-accent hover:underline"
        >
          {count.toLocaleString("en")}
        </Link>
      </td>
      <td className={`${CELL} md:w-36 max-md:col-span-2`}>
        <OverTime group={group} window={window} />
      </td>
      <td className={`${CELL} text-[0.8125rem] whitespace-nowrap text-ink-soft max-md:col-span-2`}>
        <span className="text-ink-faint">first</span> <When at={group.first_at} />
        <span className="md:hidden">, </span>
        <br className="max-md:hidden" />
        <span className="text-ink-faint">last</span> <When at={group.last_at} />
      </td>
      <td className={`${CELL} md:pr-5 max-md:col-span-2`}>
        <div className="flex flex-wrap justify-end gap-2 max-md:justify-start md:flex-nowrap">
          {open > 0 && (
            <>
              <Button
                size="sm"
                icon={<Layers aria-hidden />}
                aria-label={`Campaign for ${name}`}
                onClick={() => onCampaign(group)}
              >
                Campaign…
              </Button>
              <Button
                size="sm"
                look="ghost"
                icon={<X aria-hidden />}
                aria-label={`Dismiss ${name}`}
                onClick={() => onDismiss(group)}
              >
                Dismiss
              </Button>
            </>
          )}
          {dismissed > 0 && (
            <Button
              size="sm"
              look="ghost"
              icon={<Undo2 aria-hidden />}
              aria-label={`Restore ${name}`}
              onClick={() => onRestore(group)}
            >
              Restore
            </Button>
          )}
        </div>
      </td>
    </tr>
  );
}
