"""Sort invoices into matched ones and exceptions."""

CHECKS = ("price_findings", "quantity_findings", "duplicate_findings")


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return matched invoices and exceptions; raise if one mismatch is too large."""
    invoices, rules = inputs["invoices"], inputs["rules"]
    findings = [
        finding
        for check in CHECKS
        for finding in invoices[check]
        if finding["percent"] > rules["tolerance_percent"]
    ]
    for finding in findings:
        if finding["money"] > rules["stop_above"]:
            raise SkillFailed(
                f"Invoice {finding['invoice']}: {finding['text']}. {finding['money']} is at stake, "
                f"more than the {rules['stop_above']} at which a batch stops."
            )

    exceptions: dict = {}
    for finding in findings:
        exceptions.setdefault(finding["invoice"], []).append(finding["text"])
    matched: dict = {}
    for line in invoices["lines"]:
        if line["invoice"] not in exceptions:
            matched[line["invoice"]] = matched.get(line["invoice"], 0) + line["quantity"] * line["unit_price"]
    return {
        "invoices": {
            "matched": [{"invoice": number, "amount": amount} for number, amount in matched.items()],
            "exceptions": [{"invoice": number, "findings": texts} for number, texts in exceptions.items()],
        }
    }
