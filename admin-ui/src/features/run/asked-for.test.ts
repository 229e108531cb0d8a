import { expect, it } from "vitest";
import { askedFor, besidesPreset } from "./asked-for";

it("says every field that is not as usual", () => {
  const request = {
    format: 1,
    from: 4,
    results: "unchanged",
    effects: "repeat",
    consent: ["write-letter"],
    skills: { "*": "pinned", "price-parcel": "0123456789abcdef" },
    model: "other:model",
    changes: { rate: 3 },
  };
  expect(askedFor(request).map(({ name, said }) => `${name}: ${said}`)).toEqual([
    "from: From step 4 on",
    "results: Skills are carried out only where something has changed",
    "effects: Effects repeat, where somebody agrees",
    "consent: May happen again: write-letter",
    "skills: all as in the run, price-parcel 0123456789ab",
    "model: other:model",
  ]);
  expect(besidesPreset(request)).toContain("Effects repeat, where somebody agrees");
  expect(besidesPreset(request)).toContain("Model other:model");
});

it("names the preset once, and then only what it does not say", () => {
  expect(askedFor({ format: 1 })).toEqual([{ name: "preset", said: "Again" }]);
  const trial = { plan: "unchanged", results: "unchanged", consent: ["a"] };
  expect(askedFor(trial)[0]).toEqual({ name: "preset", said: "Only what changed" });
  expect(besidesPreset(trial)).toEqual(["May happen again: a"]);
});
