/** What becomes of irreversible effects; where one would happen again, what went out then and what would now. */
import { Link } from "@tanstack/react-router";
import { ShieldAlert, ShieldCheck, ShieldOff, ShieldQuestion } from "lucide-react";
import { BeforeAndNow } from "@/components/before-and-now";
import { When } from "@/components/when";
import type { PlanEffect } from "@/lib/api";
import type { JsonObject } from "@/lib/json";
import { EFFECT_SAID } from "./plan-difference";

interface PlanEffectsProps {
  effects: PlanEffect[];
  consent: string[];
  onConsent: (skills: string[]) => void;
}

const AGAIN: PlanEffect["state"][] = ["needs_consent", "happens_again"];

export function PlanEffects({ effects, consent, onConsent }: PlanEffectsProps) {
  return (
    <ul className="space-y-2.5">
      {effects.map((effect) => (
        <li
          key={effect.seq}
          data-effect={effect.skill}
          data-state={effect.state}
          className="flex gap-2 text-[0.8125rem]"
        >
          <Icon state={effect.state} />
          <div className="min-w-0 grow">
            <p className="break-words">
              <span className="font-medium">{effect.skill}</span>{" "}
              <span className="text-ink-soft">
                {EFFECT_SAID[effect.state]}
                {effect.receipt && (
                  <>
                    , done by{" "}
                    <Link
                      to="/runs/$threadId"
                      params={{ threadId: effect.receipt.thread_id }}
                      target="_blank"
                      className="text-accent hover:underline"
                    >
                      {effect.receipt.thread_id}
                    </Link>{" "}
                    <When at={effect.receipt.at} />
                  </>
                )}
                {!effect.certain && " (if all comes out as last time)"}
              </span>
            </p>
            {AGAIN.includes(effect.state) && (
              <Again
                effect={effect}
                agreed={consent.includes(effect.skill)}
                onAgree={(agreed) =>
                  onConsent(
                    agreed ? [...consent, effect.skill] : consent.filter((name) => name !== effect.skill),
                  )
                }
              />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Icon({ state }: { state: PlanEffect["state"] }) {
  const look = "mt-0.5 size-4 shrink-0";
  if (state === "not_repeated") return <ShieldCheck aria-hidden className={`${look} text-good`} />;
  if (state === "stands_in") return <ShieldOff aria-hidden className={`${look} text-ink-faint`} />;
  if (state === "in_doubt") return <ShieldQuestion aria-hidden className={`${look} text-wait`} />;
  return <ShieldAlert aria-hidden className={`${look} text-wait`} />;
}

interface AgainProps {
  effect: PlanEffect;
  agreed: boolean;
  onAgree: (agreed: boolean) => void;
}

function Again({ effect, agreed, onAgree }: AgainProps) {
  return (
    <div className="mt-1.5 space-y-2 rounded-lg border border-wait/40 bg-wait-soft/50 p-2.5">
      <BeforeAndNow
        before={(effect.receipt?.inputs ?? {}) as JsonObject}
        now={(effect.inputs ?? {}) as JsonObject}
      />
      <label className="flex cursor-pointer items-start gap-2 font-medium">
        <input
          type="checkbox"
          checked={agreed}
          onChange={(event) => onAgree(event.target.checked)}
          className="mt-1 accent-(--accent)"
        />
        Yes, {effect.skill} may happen again
      </label>
      {!agreed && <p className="text-xs text-ink-soft">Without it the run waits there for an answer.</p>}
    </div>
  );
}
