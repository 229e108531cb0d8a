/** What a schedule is, in one strip. */
import { Fact, Facts } from "@/components/facts";
import { When } from "@/components/when";
import { actorText } from "@/features/audit/actor";
import { PRESETS, presetOf } from "@/features/rerun/presets";
import type { Overlap, ScheduleDetail } from "@/lib/api/schedules";
import { ruleInWords, spanInWords } from "./rule";
import { Starts } from "./schedules-table";

const OVERLAP: Record<Overlap, string> = {
  skip: "this time is skipped",
  queue_one: "one time waits for its end",
  allow: "started all the same",
  cancel_other: "the other is cancelled",
};

export function ScheduleFacts({ schedule }: { schedule: ScheduleDetail }) {
  const { rerun, catch_up_seconds: catchUp } = schedule;
  const preset = rerun && presetOf(rerun.request);
  return (
    <Facts>
      <Fact name="Rule">{ruleInWords(schedule)}</Fact>
      <Fact name="What it does">
        <Starts schedule={schedule} />
        {rerun && (
          <span className="text-ink-soft">
            , {preset ? PRESETS[preset].word.toLowerCase() : "in its own way"}
          </span>
        )}
      </Fact>
      <Fact name="Runs so far">
        {schedule.runs.toLocaleString("en")}
        {schedule.queued > 0 && (
          <span className="text-wait"> · {schedule.queued.toLocaleString("en")} queued</span>
        )}
      </Fact>
      <Fact name="When the run before is not over">{OVERLAP[schedule.overlap]}</Fact>
      <Fact name="Catches up">
        {catchUp === 0 ? "nothing" : `up to ${catchUp === 1 ? "1 second" : spanWithCount(catchUp)} late`}
      </Fact>
      <Fact name="Made">
        <When at={schedule.created_at} />
        <span className="font-normal text-ink-soft"> by {actorText(schedule.requested_by)}</span>
      </Fact>
    </Facts>
  );
}

function spanWithCount(seconds: number): string {
  const span = spanInWords(seconds);
  return /^\d/.test(span) ? span : `1 ${span}`;
}
