"""YAML as a tree of texts with line numbers: nothing is guessed, nothing is carried out, nothing explodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import check_json

MAX_DEPTH = 48
MAX_NODES = 20_000

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)?\.?[0-9]+([eE][-+]?[0-9]{1,17})?")


class YamlProblem(Exception):
    """This text can't be read as YAML; `line` says where (the first line is 1)."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(slots=True)
class Node:
    """A value with the line of its key (or its own, where it has none)."""

    line: int
    text: str | None = None  # of a scalar, as it was written
    quoted: bool = False
    items: list[Node] | None = None
    entries: dict[str, Node] | None = None
    flow: bool = False  # written as [a, b] or {a: b}

    def plain(self) -> Any:
        """Return the value as JSON: unquoted numbers exact, true, false, null; all else is text.

        These are the words of YAML 1.2 and JSON, so `yes`, `on` and dates stay text, and so does
        a number with a leading zero, such as a post code.
        """
        if self.entries is not None:
            return {key: node.plain() for key, node in self.entries.items()}
        if self.items is not None:
            return [node.plain() for node in self.items]
        return self.text if self.quoted else _scalar(self.text or "")

    def nodes(self) -> Iterator[Node]:
        """Yield this node and all below it."""
        yield self
        for child in [*(self.items or ()), *(self.entries or {}).values()]:
            yield from child.nodes()


@dataclass(slots=True)
class Remark:
    """Something that other readers of the standard refuse, or that is easily a mistake."""

    code: str
    message: str
    line: int
    key: str = ""


@dataclass(slots=True)
class YamlText:
    """What a YAML text holds, with remarks on how it was written."""

    root: Node | None
    remarks: list[Remark] = field(default_factory=list)


def _scalar(text: str) -> Any:
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= 200 else text
    if _DECIMAL.fullmatch(text) and len(text) <= 200 and not re.match(r"[-+]?0[0-9]", text):
        return Decimal(text)
    return text


def read_yaml(text: str, first_line: int = 1) -> YamlText:
    """Return the one document in `text`, whose first line is number `first_line` of its file.

    Raises `YamlProblem` for broken YAML, aliases (they can grow without end), more than one
    document, more than `MAX_DEPTH` levels or `MAX_NODES` values, and text that the database
    can't keep, such as "\\0". Where a key stands twice the last one counts, with a remark.
    """
    reader = _Reader(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise YamlProblem(error.problem or error.context or "not valid YAML", line) from None
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, error.position)
        raise YamlProblem("a character that YAML does not allow", line) from None
    return YamlText(reader.root, reader.remarks)


def _kept(node: Node) -> Node:
    """Return a scalar; raise `YamlProblem` where its text can't be kept."""
    try:
        check_json(node.text)
    except BadInput as error:
        raise YamlProblem(error.detail, node.line) from None
    return node


class _Reader:
    """Builds the tree from the parser's events, without recursion."""

    def __init__(self, first_line: int) -> None:
        self.root: Node | None = None
        self.remarks: list[Remark] = []
        self._first_line = first_line
        self._open: list[tuple[Node, list[Node]]] = []  # collections under way, with a pending key
        self._count = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        line = self._first_line + event.start_mark.line
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise YamlProblem("a second document begins here", line)
        elif isinstance(event, yaml.AliasEvent):
            raise YamlProblem("aliases (*name) are not read", line)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            node, _ = self._open.pop()
            self._add(node)

    def _node(self, event: Any, line: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise YamlProblem(f"more than {MAX_NODES:,} values", line)
        if event.anchor:
            self.remarks.append(
                Remark("anchor", "anchors (&name) are refused by the standard's reader", line)
            )
        if event.tag and event.tag != "!":
            self.remarks.append(Remark("tag", f"the tag {event.tag} is not read", line))
        if isinstance(event, yaml.ScalarEvent):
            self._add(_kept(Node(line, text=event.value, quoted=bool(event.style))))
            return
        if len(self._open) >= MAX_DEPTH:
            raise YamlProblem(f"nested deeper than {MAX_DEPTH} levels", line)
        node = Node(line, flow=bool(event.flow_style))
        if isinstance(event, yaml.MappingStartEvent):
            node.entries = {}
        else:
            node.items = []
        self._open.append((node, []))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent, pending = self._open[-1]
        if parent.items is not None:
            parent.items.append(node)
        elif not pending:
            if node.text is None:
                raise YamlProblem("a key must be plain text", node.line)
            pending.append(node)
        else:
            assert parent.entries is not None
            key = pending.pop()
            assert key.text is not None
            if key.text in parent.entries:
                message = f"{key.text} stands here twice; this one counts"
                self.remarks.append(Remark("duplicate-key", message, key.line, key.text))
            node.line = key.line
            parent.entries[key.text] = node
