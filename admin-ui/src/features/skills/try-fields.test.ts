import { describe, expect, it } from "vitest";
import { collect } from "@/features/waits/form-fields";
import { parseJson, sameJson } from "@/lib/json";
import { holdsAll, tryFields, valueAt } from "./try-fields";

const known = {
  order: { id: "A-1", total: parseJson("12.50"), number: "00123", note: "two\nlines" },
  lines: [{ sku: "x" }],
  paid: false,
};
const reads = {
  requires: ["order.id", "order.total", "order.number", "lines[]", "paid"],
  optional: ["wish"],
};

describe("the fields of a try", () => {
  it("finds values by path", () => {
    expect(valueAt(known, "order.id")).toBe("A-1");
    expect(valueAt(known, "lines[]")).toEqual([{ sku: "x" }]);
    expect(valueAt(known, "order.id.deeper")).toBeUndefined();
    expect(holdsAll(reads, known)).toBe(true);
    expect(holdsAll({ ...reads, requires: ["order.gone"] }, known)).toBe(false);
    expect(holdsAll({ requires: [], optional: [] }, known)).toBe(false);
  });

  it("takes its kinds from values that are known, else any value as text or JSON", () => {
    expect(tryFields(reads, known).map(({ kind }) => kind)).toEqual([
      "text",
      "number",
      "text",
      "json",
      "yes-no",
      "text",
    ]);
    expect(tryFields(reads, {}).map(({ required }) => required)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it("gives back the very values it was filled in with", () => {
    const { data, errors } = collect(tryFields(reads, known), {}, {}, true);
    expect(errors).toEqual({});
    const { note: _, ...order } = known.order;
    expect(sameJson(data, { ...known, order })).toBe(true);
  });
});
