/** The search over everything: pages, what can be done here, runs, skills, rules. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  CalendarPlus,
  FileText,
  Keyboard,
  Layers,
  Play,
  Plus,
  RefreshCcwDot,
  Settings,
  Sparkles,
  SunMoon,
  Webhook,
  Zap,
} from "lucide-react";
import { useState } from "react";
import { GROUPS } from "@/components/navigation";
import { StatusPill } from "@/components/status-pill";
import { FOUND, PaletteFrame, PaletteGroup, PaletteItem } from "@/features/palette/palette-frame";
import type { RunItem } from "@/lib/api";
import { useRecentRuns } from "@/lib/recent-runs";
import { useShortcutsInForce } from "@/lib/shortcut";
import { theme } from "@/lib/theme";
import { useSettled } from "@/lib/use-settled";
import { batchListOptions } from "@/queries/batches";
import { policyListOptions } from "@/queries/policies";
import { runListOptions, runOptions } from "@/queries/runs";
import { scheduleListOptions } from "@/queries/schedules";
import { skillListOptions, sopsOptions } from "@/queries/skills";

/** How many runs are shown, of those that are found. */
const RUNS = 8;
/** Opened often, read once in a while. */
const ONCE = { staleTime: 30_000, refetchInterval: false } as const;

interface PaletteProps {
  onClose: () => void;
  onShortcuts: () => void;
}

export default function Palette({ onClose, onShortcuts }: PaletteProps) {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const wanted = useSettled(text.trim());
  const found = useQuery({ ...runListOptions({ name: wanted }), ...ONCE, enabled: wanted !== "" });
  const recent = useQueries({
    queries: useRecentRuns().map((id) => ({ ...runOptions(id), retry: false, staleTime: 30_000 })),
  }).flatMap(({ data }) => data ?? []);
  const typed = text.trim();
  // While typing goes on, what was found for less of it stays only where it still fits: Enter opens the first.
  const fitting = (found.data?.items ?? []).filter((run) => startsWith(run, typed));
  const runs = typed === "" ? recent : fitting.slice(0, RUNS);
  const own = useShortcutsInForce().filter(({ general }) => !general);
  // Two keys may do the same.
  const here = own.filter(({ what }, at) => own.findIndex((other) => other.what === what) === at);
  const close = (then: () => unknown) => () => {
    onClose();
    void then();
  };
  const searching = typed !== wanted || found.isFetching;
  return (
    <PaletteFrame
      text={text}
      onText={setText}
      onClose={onClose}
      busy={searching}
      nothing="Nothing matches. Runs are found by the start of their name or id; other things by any of their letters."
    >
      {here.length > 0 && (
        <PaletteGroup heading="On this page">
          {here.map(({ key, what, act }) => (
            <PaletteItem key={key} value={`here ${what}`} icon={<Zap />} keys={key} onChoose={close(act)}>
              {what}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      {runs.length > 0 && (
        <PaletteGroup heading={typed === "" ? "Opened lately" : "Runs"}>
          {runs.map((run) => (
            <PaletteItem
              key={run.thread_id}
              value={FOUND + run.thread_id}
              icon={<Play />}
              aside={<StatusPill status={run.status} />}
              more={run.run_name === run.thread_id ? undefined : run.thread_id}
              onChoose={close(() =>
                navigate({ to: "/runs/$threadId", params: { threadId: run.thread_id }, search: {} }),
              )}
            >
              {run.run_name}
            </PaletteItem>
          ))}
        </PaletteGroup>
      )}
      <PaletteGroup heading="Do">
        <PaletteItem
          value="do new run start"
          icon={<Plus />}
          onChoose={close(() => navigate({ to: "/new" }))}
        >
          New run
        </PaletteItem>
        <PaletteItem
          value="do new schedule"
          icon={<CalendarPlus />}
          onChoose={close(() => navigate({ to: "/schedules/new" }))}
        >
          New schedule
        </PaletteItem>
        <PaletteItem
          value="do new policy"
          icon={<RefreshCcwDot />}
          onChoose={close(() => navigate({ to: "/policies/new" }))}
        >
          New policy
        </PaletteItem>
        <PaletteItem
          value="do new webhook"
          icon={<Webhook />}
          onChoose={close(() => navigate({ to: "/webhooks", search: { add: "true" } }))}
        >
          New webhook
        </PaletteItem>
        <PaletteItem value="do switch theme dark light" icon={<SunMoon />} onChoose={close(switchTheme)}>
          Switch between dark and light
        </PaletteItem>
        <PaletteItem
          value="do keyboard shortcuts help"
          icon={<Keyboard />}
          keys="?"
          onChoose={close(onShortcuts)}
        >
          Keyboard shortcuts
        </PaletteItem>
      </PaletteGroup>
      <PaletteGroup heading="Go to">
        {GROUPS.flatMap(({ links }) => links).map(({ to, word, icon: Icon, letter }) => (
          <PaletteItem
            key={to}
            value={`go ${word}`}
            icon={<Icon />}
            keys={`g ${letter}`}
            onChoose={close(() => navigate({ to }))}
          >
            {word}
          </PaletteItem>
        ))}
        <PaletteItem
          value="go settings theme time zone density"
          icon={<Settings />}
          onChoose={close(() => navigate({ to: "/settings" }))}
        >
          Settings
        </PaletteItem>
      </PaletteGroup>
      {typed !== "" && <Named close={close} />}
    </PaletteFrame>
  );
}

/** Whether the server would find the run by this text. */
function startsWith(
  { run_name, thread_id }: Pick<RunItem, "run_name" | "thread_id">,
  typed: string,
): boolean {
  return run_name?.toLowerCase().startsWith(typed.toLowerCase()) || thread_id.startsWith(typed);
}

/** What has a name and a page of its own; asked for once somebody types. */
function Named({ close }: { close: (then: () => unknown) => () => void }) {
  const navigate = useNavigate();
  const skills = useQuery({ ...skillListOptions, ...ONCE });
  const sops = useQuery({ ...sopsOptions, ...ONCE });
  const schedules = useQuery({ ...scheduleListOptions(), ...ONCE });
  const policies = useQuery({ ...policyListOptions(), ...ONCE });
  const batches = useQuery({ ...batchListOptions(), ...ONCE });
  return (
    <>
      <PaletteGroup heading="Skills">
        {skills.data?.items.map(({ name }) => (
          <PaletteItem
            key={name}
            value={`skill ${name}`}
            icon={<Sparkles />}
            onChoose={close(() => navigate({ to: "/skills/$name", params: { name } }))}
          >
            {name}
          </PaletteItem>
        ))}
      </PaletteGroup>
      <PaletteGroup heading="Start a run of">
        {sops.data?.items.map(({ name, title }) => (
          <PaletteItem
            key={name}
            value={`sop ${name} ${title}`}
            icon={<FileText />}
            more={name}
            onChoose={close(() => navigate({ to: "/new", search: { sop: name } }))}
          >
            {title}
          </PaletteItem>
        ))}
      </PaletteGroup>
      <PaletteGroup heading="Schedules, policies, batches">
        {schedules.data?.items.map(({ id, name }) => (
          <PaletteItem
            key={id}
            value={`schedule ${name} ${id}`}
            icon={<CalendarPlus />}
            more="Schedule"
            onChoose={close(() => navigate({ to: "/schedules/$scheduleId", params: { scheduleId: id } }))}
          >
            {name}
          </PaletteItem>
        ))}
        {policies.data?.items.map(({ id, name }) => (
          <PaletteItem
            key={id}
            value={`policy ${name} ${id}`}
            icon={<RefreshCcwDot />}
            more="Policy"
            onChoose={close(() => navigate({ to: "/policies/$policyId", params: { policyId: id } }))}
          >
            {name}
          </PaletteItem>
        ))}
        {batches.data?.items.map(({ id, name }) => (
          <PaletteItem
            key={id}
            value={`batch ${name ?? ""} ${id}`}
            icon={<Layers />}
            more="Batch"
            onChoose={close(() => navigate({ to: "/batches/$batchId", params: { batchId: id } }))}
          >
            {name ?? id}
          </PaletteItem>
        ))}
      </PaletteGroup>
    </>
  );
}

function switchTheme() {
  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = theme.get() === "system" ? system : theme.get();
  theme.set(now === "dark" ? "light" : "dark");
}
