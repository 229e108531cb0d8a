/** A run's name or id in little room: its end stays, since the runs of a family differ there alone. */

const NUMBERED = /^(.*?)( \(Rerun #\d+\)|_rerun_\d+)$/s;

export function EndKept({ text }: { text: string }) {
  const [, start, end] = NUMBERED.exec(text) ?? [];
  if (end === undefined) return <span className="block truncate">{text}</span>;
  return (
    <span className="flex max-w-full">
      <span className="min-w-0 truncate">{start}</span>
      <span className="shrink-0 whitespace-pre">{end}</span>
    </span>
  );
}
