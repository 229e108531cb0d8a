"""Write down that a person released a refund; the approval itself came before this runs."""


def run(inputs: dict) -> dict:
    """Return the approval of the amount that the person saw, or changed it to."""
    return {"refund": {"approved": {"amount": inputs["refund"]["amount"], "by": "a person"}}}
