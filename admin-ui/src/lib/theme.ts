/** Light, dark, or as the system says; public/theme.js applies a kept choice before the first paint. */
import { preference } from "./preference";

export type Theme = "light" | "dark" | "system";

export const theme = preference<Theme>({
  key: "asf-theme",
  fallback: "system",
  valid: (text) => text === "light" || text === "dark",
  apply: (chosen) => mark("theme", chosen === "system" ? null : chosen),
});

export type Density = "comfortable" | "compact";

/** How much room rows and fields take; styles.css has the figure. */
export const density = preference<Density>({
  key: "asf-density",
  fallback: "comfortable",
  valid: (text) => text === "compact",
  apply: (chosen) => mark("density", chosen === "compact" ? chosen : null),
});

function mark(name: "theme" | "density", value: string | null): void {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
}
