"""Differences of texts can be read, and applied."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentskills.domain.text_difference import difference_of

TEXTS = st.lists(st.sampled_from(["a", "b", "--- c", "+++ d", "", "@@", "\r", "é"]), max_size=12).map(
    "\n".join
)


def applied(left: str, hunks: str) -> str:
    """What `patch` makes of a text; written without difflib."""
    lines = left.split("\n")
    result: list[str] = []
    done = 0
    told = hunks.split("\n")[:-1]
    for number, line in enumerate(told):
        bare = told[number + 1 : number + 2] == ["\\ No newline at end of file"]
        end = "" if bare else "\n"
        if line.startswith("@@ "):
            start, _, count = line.split(" ")[1][1:].partition(",")
            first = int(start) - (0 if count == "0" else 1)
            result += [f"{kept}\n" for kept in lines[done:first]]
            done = first
        elif line.startswith(" "):
            assert lines[done] == line[1:]
            result.append(line[1:] + end)
            done += 1
        elif line.startswith("-"):
            assert lines[done] == line[1:]
            done += 1
        elif line.startswith("+"):
            result.append(line[1:] + end)
    rest = lines[done:]
    return "".join(result) + "\n".join(rest)


@given(TEXTS, TEXTS)
def test_a_difference_leads_from_one_to_the_other(left: str, right: str) -> None:
    found = difference_of(left, right)
    assert (found.text == "") == (left == right)
    if left != right:
        assert applied(left, found.text) == right
    signs = [line[:1] for line in found.text.split("\n")]
    assert (signs.count("+"), signs.count("-")) == (found.added, found.removed)


def test_what_a_person_reads() -> None:
    found = difference_of("one\ntwo\nthree\n", "one\n2\nthree\nfour")
    assert found.text == ("@@ -1,3 +1,4 @@\n one\n-two\n+2\n three\n+four\n\\ No newline at end of file\n")
    assert (found.added, found.removed) == (2, 1)
