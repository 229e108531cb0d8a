/** Shapes the runs list shows. */
import type { components } from "@/lib/schema";

export type RunCount = components["schemas"]["RunCount"];
