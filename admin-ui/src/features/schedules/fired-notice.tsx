/** What came of "run now". */
import { Notice } from "@/components/notice";
import type { Firing } from "@/lib/api/schedules";
import { FiredRun } from "./fired-run";
import { FIRING } from "./firing-state";

export function FiredNotice({ firing }: { firing: Firing }) {
  if (firing.state === "fired") {
    return (
      <Notice kind="info" title="A run has been started" className="mb-5">
        <FiredRun firing={firing} />
      </Notice>
    );
  }
  return (
    <Notice kind="wait" title={FIRING[firing.state].word} className="mb-5">
      {firing.reason ?? FIRING[firing.state].meaning}
    </Notice>
  );
}
