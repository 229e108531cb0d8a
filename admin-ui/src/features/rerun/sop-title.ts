/** First line of an SOP without markdown signs, as the list shows it. */
export function sopTitle(sop: string): string {
  const line = sop.split("\n").find((text) => text.trim() !== "") ?? "";
  return line.replace(/^[#>*\-\s]+/, "").slice(0, 120);
}
