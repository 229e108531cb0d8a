/** What a step read, with who produced it, and what it produced; as a table or as JSON. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { CopyButton } from "@/components/copy-button";
import { rowsOf, type ValueRow, ValueTable } from "@/components/value-table";
import type { Step } from "@/lib/api";
import { type JsonObject, writeJson } from "@/lib/json";
import { CorrectLink } from "./correct-link";
import { nameOf } from "./decision";
import { JsonText } from "./json-text";
import { None, Part, SmallSwitch } from "./part";

interface InputsProps {
  threadId: string;
  step: Step;
  bySeq: ReadonlyMap<number, Step>;
}

export function Inputs({ threadId, step, bySeq }: InputsProps) {
  const inputs = step.inputs ?? {};
  const rows = Object.entries(inputs).map(([path, value]) => {
    const from = step.input_steps?.[path];
    return {
      path,
      value,
      ...(from === undefined
        ? {}
        : { note: <Producer threadId={threadId} seq={from} step={bySeq.get(from)} /> }),
    };
  });
  return <Data title="Inputs" data={inputs} rows={rows} none="Reads nothing." />;
}

interface OutputsProps {
  threadId: string;
  step: Step;
  correctable: boolean;
}

export function Outputs({ threadId, step, correctable }: OutputsProps) {
  const outputs = step.outputs ?? {};
  const rows = rowsOf(outputs).map((row) =>
    correctable ? { ...row, aside: <CorrectLink threadId={threadId} path={row.path} /> } : row,
  );
  return (
    <Data
      title={step.kind === "approval" ? "Filled in or edited" : "Outputs"}
      data={outputs}
      rows={rows}
      none={step.finished_at ? "None." : "Not there yet."}
    />
  );
}

function Data({
  title,
  data,
  rows,
  none,
}: {
  title: string;
  data: JsonObject;
  rows: ValueRow[];
  none: string;
}) {
  const [raw, setRaw] = useState(false);
  if (rows.length === 0) {
    return (
      <Part title={title}>
        <None>{none}</None>
      </Part>
    );
  }
  return (
    <Part
      title={title}
      aside={
        <>
          <SmallSwitch pressed={raw} onClick={() => setRaw(!raw)}>
            Raw
          </SmallSwitch>
          <CopyButton text={writeJson(data, 2)} label={`Copy the ${title.toLowerCase()} as JSON`} />
        </>
      }
    >
      {raw ? <JsonText value={data} /> : <ValueTable rows={rows} />}
    </Part>
  );
}

/** Leads to the step that produced a value. */
export function Producer({ threadId, seq, step }: { threadId: string; seq: number; step: Step | undefined }) {
  if (seq === 0) return <>from the initial data</>;
  return (
    <>
      from{" "}
      <Link
        to="/runs/$threadId"
        params={{ threadId }}
        search={{ at: seq }}
        resetScroll={false}
        className="text-accent hover:underline"
      >
        step {seq}
        {step && `, ${nameOf(step)}`}
      </Link>
    </>
  );
}
