/** Says what a try does outside, and asks before it does. */
import { CheckBox } from "@/components/check-box";
import { Notice } from "@/components/notice";
import type { SkillDetail } from "@/lib/api";
import { isObject } from "@/lib/json";

interface TryEffectsProps {
  skill: SkillDetail;
  agreed: boolean;
  onAgree: (agreed: boolean) => void;
}

export function TryEffects({ skill, agreed, onAgree }: TryEffectsProps) {
  const { effects, approval, contract } = skill;
  const request = isObject(contract.request) ? contract.request : null;
  return (
    <Notice kind="wait" title={titleOf(skill)}>
      <div className="space-y-2 text-[0.8125rem]">
        <p>
          This is no rehearsal: with these values {skill.name} does the real thing.
          {effects === "irreversible" &&
            contract.effect_scope !== "global" &&
            " Each try is a run of its own, so trying it twice does it twice."}
          {approval === "before" && " A person is asked before it is carried out, and can still say no."}
        </p>
        {request && typeof request.url === "string" && (
          <p>
            It sends{" "}
            <code className="rounded bg-surface px-1 font-mono text-xs break-all">
              {String(request.method ?? "GET")} {request.url}
            </code>
          </p>
        )}
        <CheckBox checked={agreed} onChange={onAgree}>
          I want this to happen
        </CheckBox>
      </div>
    </Notice>
  );
}

function titleOf({ effects, contract }: SkillDetail): string {
  if (effects === "irreversible") return "What it does outside can't be taken back";
  if (effects === "idempotent") return "It changes something outside";
  return contract.says_effects === false
    ? "It does not say whether it changes anything outside"
    : "It changes something outside";
}
