# Copyright 2026 mail_mailjet_aldeamo contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The DNS as it would be after some operations, to check a proposal before it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..result import Operation
from .answer import DATA, ERROR, NODATA, Answer, Questions


class PlannedResolver:
    """Answers like another resolver, except for names that the operations change."""

    def __init__(self, resolver: Questions, operations: Iterable[Operation]) -> None:
        self._resolver = resolver
        self._operations: dict[str, list[Operation]] = {}
        for operation in operations:
            self._operations.setdefault(operation.name, []).append(operation)

    def ask(self, name: str, rdtype: str) -> Answer:
        """Return the answer to a question."""
        name = name.lower()
        operations = self._operations.get(name)
        if operations is None:
            return self._resolver.ask(name, rdtype)
        return self._changed(self._resolver.ask(name, rdtype), operations)

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Ask several questions at the same time; return the answers in the same order."""
        questions = list(questions)
        self._resolver.ask_all(questions)
        return [self.ask(name, rdtype) for name, rdtype in questions]

    def _changed(self, answer: Answer, operations: list[Operation]) -> Answer:
        name, rdtype = answer.name, answer.type
        alias = next((op.value for op in operations if op.type == "CNAME" and op.publishes), None)
        if alias is not None and rdtype != "CNAME":
            below = self._resolver.ask(alias, rdtype)
            return replace(below, name=name, chain=(alias, *below.chain))
        inherited = any(op.hides_wildcard or op.old_type == "CNAME" for op in operations)
        if answer.outcome == ERROR and not inherited:
            return answer
        values = [] if inherited else list(answer.values)
        for operation in operations:
            if operation.old_type == rdtype and operation.old_value in values:
                values.remove(operation.old_value)
            if operation.publishes and operation.type == rdtype and operation.value is not None:
                values.append(operation.value)
        exchanges = () if inherited else answer.exchanges
        outcome = DATA if values or exchanges else NODATA
        chain = () if inherited else answer.chain
        return replace(
            answer,
            outcome=outcome,
            values=tuple(values),
            exchanges=exchanges,
            chain=chain,
            error=None,
        )
