import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/styles.css", "utf8");
const THEMES = ["light", "dark"] as const;
type Theme = (typeof THEMES)[number];

function colour(token: string, theme: Theme): number[] {
  const found = new RegExp(`--${token}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  const hex = found?.[theme === "light" ? 1 : 2];
  if (!hex) throw new Error(`no token ${token}`);
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string, theme: Theme): number {
  const [dark = 0, light = 0] = [luminance(colour(one, theme)), luminance(colour(other, theme))].sort(
    (a, b) => a - b,
  );
  return (light + 0.05) / (dark + 0.05);
}

const STATES = ["good", "bad", "wait", "busy", "idle"];
const TEXT: [string, string][] = [
  ...["ink", "ink-soft", "ink-faint", "accent", ...STATES].flatMap((ink): [string, string][] =>
    ["canvas", "surface", "raised", "hover"].map((ground) => [ink, ground]),
  ),
  ...STATES.map((state): [string, string] => [state, `${state}-soft`]),
  ...STATES.map((state): [string, string] => ["ink-soft", `${state}-soft`]),
  ["ink-soft", "sunken"],
  ["ink-faint", "sunken"],
  ["accent", "accent-soft"],
  ["ink-faint", "accent-soft"],
  ["ink-faint", "bad-soft"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
];

describe.each(THEMES)("in the %s theme", (theme) => {
  it.each(TEXT)("%s can be read on %s (WCAG AA)", (ink, ground) => {
    expect(contrast(ink, ground, theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["canvas", "surface", "raised"])("a focus ring can be seen on %s", (ground) => {
    expect(contrast("accent", ground, theme)).toBeGreaterThanOrEqual(3);
  });
});
