/** What is asked before a schedule is paused, resumed, fired or deleted. */
import { useQueryClient } from "@tanstack/react-query";
import { Pause, Play, Trash2, Zap } from "lucide-react";
import { NoteDialog } from "@/components/note-dialog";
import {
  deleteSchedule,
  type Firing,
  pauseSchedule,
  resumeSchedule,
  runScheduleNow,
  type Schedule,
} from "@/lib/api/schedules";
import { runKeys } from "@/queries/runs";
import { scheduleKeys } from "@/queries/schedules";
import { BackfillDialog } from "./backfill-dialog";

export type Asked = "pause" | "resume" | "run-now" | "backfill" | "delete";

interface ScheduleDialogsProps {
  schedule: Schedule;
  asked: Asked | null;
  onClose: () => void;
  onFired: (firing: Firing) => void;
  onDeleted: () => void;
}

export function ScheduleDialogs({ schedule, asked, onClose, onFired, onDeleted }: ScheduleDialogsProps) {
  const queries = useQueryClient();
  const done = () => {
    void queries.invalidateQueries({ queryKey: scheduleKeys.all });
    void queries.invalidateQueries({ queryKey: runKeys.lists });
    onClose();
  };
  const { id, name } = schedule;
  switch (asked) {
    case "pause":
      return (
        <NoteDialog
          title={`Pause ${name}?`}
          word="Pause"
          icon={<Pause aria-hidden />}
          label="Note"
          hint="Stands beside it until it is resumed."
          act={(note) => pauseSchedule(id, note)}
          onDone={done}
          onClose={onClose}
        >
          It does not come due until somebody resumes it. Runs that it has started go on.
        </NoteDialog>
      );
    case "resume":
      return (
        <NoteDialog
          title={`Resume ${name}?`}
          word="Resume"
          icon={<Play aria-hidden />}
          act={(reason) => resumeSchedule(id, reason)}
          onDone={done}
          onClose={onClose}
        >
          It comes due again from now on. What came due meanwhile is not fired; a backfill can do that.
        </NoteDialog>
      );
    case "run-now":
      return (
        <NoteDialog
          title={`Run ${name} now?`}
          word="Run now"
          icon={<Zap aria-hidden />}
          act={(reason, key) => runScheduleNow(id, reason, key)}
          onDone={(firing) => {
            done();
            onFired(firing);
          }}
          onClose={onClose}
        >
          A run is started at once, as if its time had come, also while it is paused. The regular times stay
          as they are.
        </NoteDialog>
      );
    case "backfill":
      return <BackfillDialog schedule={schedule} onDone={done} onClose={onClose} />;
    case "delete":
      return (
        <NoteDialog
          title={`Delete ${name}?`}
          word="Delete"
          danger
          icon={<Trash2 aria-hidden />}
          act={(reason) => deleteSchedule(id, reason)}
          onDone={() => {
            onClose();
            onDeleted();
          }}
          onClose={onClose}
        >
          The schedule and the record of its firings go. The runs that it has started stay.
        </NoteDialog>
      );
    default:
      return null;
  }
}
