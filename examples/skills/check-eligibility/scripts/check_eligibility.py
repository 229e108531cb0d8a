"""Check a candidate's permission to work."""


class SkillFailed(Exception):
    """A business reason: the run ends with this message."""


def run(inputs: dict) -> dict:
    """Return that the candidate is eligible, and why; raise if not."""
    candidate, first_day = inputs["candidate"], inputs["role"]["starts_on"]
    permit = candidate.get("work_permit")
    if not permit:
        raise SkillFailed(f"{candidate['name']} has no work permit.")
    if permit["kind"] == "citizen":
        return {"candidate": {"eligible": "citizen"}}
    if permit["valid_until"] < first_day:  # ISO dates compare as text
        raise SkillFailed(
            f"The work permit of {candidate['name']} ends on {permit['valid_until']}, "
            f"before the first day on {first_day}."
        )
    return {"candidate": {"eligible": f"permit until {permit['valid_until']}"}}
