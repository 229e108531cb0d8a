/** The procedure: a named one to read, or one's own to write. */
import { PencilLine } from "lucide-react";
import { Button } from "@/components/button";
import { Field, TextArea } from "@/components/field";
import { Markdown } from "@/components/markdown";
import { Notice } from "@/components/notice";
import { Panel } from "@/components/panel";
import type { Sop } from "@/lib/api";

interface SopFieldProps {
  sop: Sop | undefined;
  written: string;
  error: string | undefined;
  onWrite: (text: string) => void;
  /** The named one goes on as one's own. */
  onEditCopy: () => void;
}

export function SopField({ sop, written, error, onWrite, onEditCopy }: SopFieldProps) {
  if (sop) {
    return (
      <>
        <Panel
          title="Procedure"
          aside={
            <Button size="sm" look="ghost" icon={<PencilLine aria-hidden />} onClick={onEditCopy}>
              Edit a copy
            </Button>
          }
        >
          <div className="overflow-y-auto lg:max-h-80 p-5 max-md:p-4">
            <Markdown text={sop.sop} />
          </div>
        </Panel>
        {error && <Notice kind="bad" title={error} />}
      </>
    );
  }
  return (
    <Field label="Procedure" hint="Plain language. Name the skills that it takes." error={error}>
      {(ids) => (
        <TextArea
          {...ids}
          rows={Math.min(18, Math.max(9, written.split("\n").length + 1))}
          value={written}
          placeholder={"# Refund an order\n\nFetch order, check refund policy, then pay refund."}
          onChange={(event) => onWrite(event.target.value)}
        />
      )}
    </Field>
  );
}
