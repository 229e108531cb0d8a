/** Where a skill comes from: its folder, its digest, its files. */
import { Badge } from "@/components/badge";
import { CopyButton } from "@/components/copy-button";
import { Panel } from "@/components/panel";
import type { SkillDetail } from "@/lib/api";

export function Source({ skill: { source, digest, files, current } }: { skill: SkillDetail }) {
  return (
    <Panel title="Source">
      <dl className="space-y-3 px-5 py-4 text-[0.8125rem]">
        {source && (
          <div>
            <dt className="text-xs text-ink-faint">Folder</dt>
            <dd className="flex items-start gap-1">
              <code className="min-w-0 font-mono text-xs leading-6 break-all">{source}</code>
              <CopyButton text={source} label="Copy the folder" />
            </dd>
          </div>
        )}
        <div>
          <dt className="text-xs text-ink-faint">Version</dt>
          <dd className="flex items-center gap-1">
            <code className="font-mono text-xs" title={digest}>
              {digest.slice(0, 12)}
            </code>
            <CopyButton text={digest} label="Copy the digest" />
            <Badge tone={current ? "good" : "wait"}>{current ? "current" : "earlier"}</Badge>
          </dd>
        </div>
        <div>
          <dt className="text-xs text-ink-faint">
            {files.length === 1 ? "1 file" : `${files.length} files`}
          </dt>
          <dd>
            <ul className="mt-0.5 max-h-72 space-y-0.5 overflow-y-auto font-mono text-xs break-all text-ink-soft">
              {files.map((file) => (
                <li key={file}>{file}</li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
    </Panel>
  );
}
