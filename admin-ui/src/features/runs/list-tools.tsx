/** How the list is shown: whether it follows and is folded, its chart, its columns, saved views. */
import { ChartColumn, CirclePause, ListTree, Radio } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { Button } from "@/components/button";
import type { RunItem } from "@/lib/api";
import { cx } from "@/lib/class-names";
import { copyText } from "@/lib/copy";
import { ColumnChooser } from "./column-chooser";
import { metadataPaths } from "./metadata-paths";
import type { RunSearch } from "./run-search";
import { ViewsMenu } from "./views-menu";

interface ListToolsProps {
  live: boolean;
  chart: boolean;
  folded: boolean;
  columns: string[];
  runs: RunItem[];
  /** What is shown, with its columns. */
  view: RunSearch;
  onLive: (on: boolean) => void;
  onChart: (on: boolean) => void;
  onFold: (on: boolean) => void;
  onColumns: (columns: string[]) => void;
}

export function ListTools({ live, chart, folded, columns, runs, view, ...on }: ListToolsProps) {
  const metadata = useMemo(() => metadataPaths(runs), [runs]);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <LiveSwitch on={live} onChange={on.onLive} />
      <FoldSwitch on={folded} onChange={on.onFold} />
      <ChartSwitch on={chart} onChange={on.onChart} />
      <ColumnChooser chosen={columns} metadata={metadata} onChange={on.onColumns} />
      <ViewsMenu now={view} onCopyLink={() => copyLink(view)} />
    </div>
  );
}

/** The address with the columns, which otherwise only this browser may know. */
async function copyLink(view: RunSearch): Promise<void> {
  const address = new URL(window.location.pathname, window.location.origin);
  for (const [key, value] of Object.entries(view)) if (value) address.searchParams.set(key, value);
  await copyText(address.href);
}

interface SwitchProps {
  on: boolean;
  onChange: (on: boolean) => void;
}

function LiveSwitch({ on, onChange }: SwitchProps) {
  return (
    <Toggle
      on={on}
      label={on ? "Live" : "Paused"}
      title={
        on ? "The rows follow what happens; click to pause" : "Nothing is loaded by itself; click to go on"
      }
      icon={
        on ? <Radio className="text-good" aria-hidden /> : <CirclePause className="text-wait" aria-hidden />
      }
      name="Live updates"
      onChange={onChange}
    />
  );
}

function FoldSwitch({ on, onChange }: SwitchProps) {
  return (
    <Toggle
      on={on}
      label="Fold reruns"
      title="One row for each family: its first run, and how its latest rerun stands"
      icon={<ListTree aria-hidden />}
      onChange={onChange}
    />
  );
}

function ChartSwitch({ on, onChange }: SwitchProps) {
  return (
    <Toggle
      on={on}
      label=""
      name="Activity chart"
      title={on ? "Hide the activity chart" : "Show the activity chart"}
      icon={<ChartColumn aria-hidden />}
      onChange={onChange}
    />
  );
}

interface ToggleProps extends SwitchProps {
  label: string;
  title: string;
  icon: ReactNode;
  /** Where the label is not what it is called. */
  name?: string;
}

function Toggle({ on, label, title, icon, name, onChange }: ToggleProps) {
  return (
    <Button
      aria-pressed={on}
      aria-label={name}
      title={title}
      icon={icon}
      onClick={() => onChange(!on)}
      className={cx("text-[0.8125rem]", label === "" && "px-2.5", on && "bg-accent-soft! text-accent!")}
    >
      {label !== "" && <span className={cx(name === undefined && "max-sm:sr-only")}>{label}</span>}
    </Button>
  );
}
