/** What can be done with a schedule right from the list. */
import { useNavigate } from "@tanstack/react-router";
import { Ellipsis, History, Pause, Pencil, Play, Trash2, Zap } from "lucide-react";
import { Button } from "@/components/button";
import { Menu, MenuItem, MenuSeparator } from "@/components/menu";
import type { Schedule } from "@/lib/api/schedules";
import type { Asked } from "./schedule-dialogs";

export function ScheduleMenu({ schedule, onAsk }: { schedule: Schedule; onAsk: (what: Asked) => void }) {
  const navigate = useNavigate();
  const { id, name, paused, at } = schedule;
  return (
    <Menu
      trigger={
        <Button
          look="ghost"
          size="sm"
          aria-label={`What can be done with ${name}`}
          icon={<Ellipsis aria-hidden />}
        />
      }
    >
      <MenuItem icon={<Zap aria-hidden />} onChoose={() => onAsk("run-now")}>
        Run now
      </MenuItem>
      {paused ? (
        <MenuItem icon={<Play aria-hidden />} onChoose={() => onAsk("resume")}>
          Resume
        </MenuItem>
      ) : (
        <MenuItem icon={<Pause aria-hidden />} onChoose={() => onAsk("pause")}>
          Pause
        </MenuItem>
      )}
      <MenuItem
        icon={<History aria-hidden />}
        not={at === null ? undefined : "It comes due only once"}
        onChoose={() => onAsk("backfill")}
      >
        Backfill
      </MenuItem>
      <MenuItem
        icon={<Pencil aria-hidden />}
        onChoose={() => void navigate({ to: "/schedules/$scheduleId/edit", params: { scheduleId: id } })}
      >
        Edit
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Trash2 aria-hidden />} danger onChoose={() => onAsk("delete")}>
        Delete
      </MenuItem>
    </Menu>
  );
}
