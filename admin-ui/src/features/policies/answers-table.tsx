/** What a policy did about each failed run, and why. */
import { RunById } from "@/components/run-by-id";
import { When } from "@/components/when";
import type { PolicyAnswerItem } from "@/lib/api/policies";
import { AnswerPill } from "./answer-state";

const CELL = "px-3 py-2.5 align-top max-md:p-0";

export function AnswersTable({ answers }: { answers: PolicyAnswerItem[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: `display: block` on small screens takes the roles away
    <table role="table" className="w-full border-collapse text-left text-[0.8125rem] max-md:block">
      <thead className="max-md:hidden">
        <tr className="border-b text-xs text-ink-faint [&_th]:px-3 [&_th]:py-2.5 [&_th]:font-medium">
          <th scope="col" className="!pl-5">
            Failed run
          </th>
          <th scope="col">Answer</th>
          <th scope="col">Its rerun</th>
          <th scope="col">Reason</th>
          <th scope="col" className="!pr-5">
            When
          </th>
        </tr>
      </thead>
      <tbody className="divide-y max-md:block">
        {answers.map((item) => (
          <tr
            key={item.failed}
            data-failed={item.failed}
            className="max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:gap-x-3 max-md:gap-y-1.5 max-md:px-4 max-md:py-3"
          >
            <td className={`${CELL} md:max-w-0 md:w-[24%] md:pl-5`}>
              <RunById id={item.failed} />
              {item.skill && (
                <div className="mt-0.5 truncate text-xs text-ink-faint">{item.skill} failed</div>
              )}
            </td>
            <td className={`${CELL} max-md:justify-self-end`}>
              <AnswerPill answer={item.answer} />
            </td>
            <td className={`${CELL} md:max-w-0 md:w-[24%] max-md:col-span-2 max-md:empty:hidden`}>
              {item.thread_id && (
                <>
                  <RunById id={item.thread_id} />
                  <div className="mt-0.5 text-xs text-ink-faint">attempt {item.attempt}</div>
                </>
              )}
            </td>
            <td className={`${CELL} break-words text-ink-soft max-md:col-span-2 max-md:empty:hidden`}>
              {item.reason}
              {item.answer === "held_back" && (
                <div className="text-xs text-ink-faint">
                  {item.again_at ? (
                    <>
                      looked at again <When at={item.again_at} />
                    </>
                  ) : (
                    "looked at again when the breaker closes"
                  )}
                </div>
              )}
            </td>
            <td className={`${CELL} text-ink-faint md:pr-5 max-md:col-span-2`}>
              <When at={item.at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
