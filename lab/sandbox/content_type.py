"""The type of a file, as an API names it."""

from __future__ import annotations

from email.message import Message
from typing import Any


def content_type(value: str) -> dict[str, Any]:
    """A type with its parameters, as `email.message.EmailMessage.add_attachment` takes them."""
    header = Message()
    header["Content-Type"] = value
    maintype, _slash, subtype = value.partition(";")[0].strip().partition("/")
    parameters = header.get_params(failobj=[])[1:]
    return {"maintype": maintype, "subtype": subtype or "octet-stream", "params": dict(parameters)}
