/** What a person can do about an error, by its stable type. */
import type { RunError } from "@/lib/api";

const ADVICE: Record<string, string> = {
  "nothing-to-do":
    "No skill is ready for this procedure. Name the skills in the procedure, or give the data they require.",
  "missing-paths": "Rerun it with the missing data added to the input, or add a skill that produces it.",
  "unknown-skill": "A skill that was listed is not in the catalogue. See the skills page for load errors.",
  "model-missing": "Set ASF_MODEL on the server (for instance openai:gpt-5), restart it, then rerun.",
  rejected: "A person said no. If that was right, nothing is left to do; else rerun it with other input.",
  expired: "Nobody answered in time. Rerun it and answer sooner, or give the skill a longer time-out.",
  "in-doubt": "Find out whether the effect happened before you rerun; a rerun will ask again.",
  poisoned: "Workers took this run several times and never got further. Look at the skill in question first.",
  "bad-output": "The skill answered with something that can't be stored. Mend the skill, then rerun.",
  timeout: "The skill took too long. Rerun it, or give the skill a longer time-out.",
  "limit-steps": "Rerun it with a higher limit of steps.",
  "limit-seconds": "Rerun it with a higher limit of time.",
};

export function adviceFor(error: RunError): string {
  return (
    ADVICE[error.type] ??
    "If the input is wrong, rerun it with the right one. If the skill is wrong, mend it: a rerun takes the new version."
  );
}
