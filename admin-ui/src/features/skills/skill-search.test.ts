import { expect, it } from "vitest";
import { type SkillSearch, tabOf, validSkillSearch } from "./skill-search";

/** As the page gets it: what the route keeps lies over what stands in the URL. */
const shown = (url: Record<string, string>) => tabOf({ ...(url as SkillSearch), ...validSkillSearch(url) });

it("shows a part that there is", () => {
  expect(shown({})).toBe("about");
  expect(shown({ part: "runs" })).toBe("runs");
  expect(shown({ part: "no-such-part" })).toBe("about");
  expect(shown({ left: "4a07ddbe" })).toBe("versions");
  expect(shown({ tried: "run_1" })).toBe("try");
  expect(shown({ tried: "run_1", part: "about" })).toBe("about");
});
