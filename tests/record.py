"""What happens in a page, written down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Page


@dataclass
class Record:
    """What happened in a page: its console's errors, its requests, and what was measured there."""

    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.notes: dict[str, Callable[[Any], None]] = {
            "console": lambda said: self.errors.append(said.text) if said.type == "error" else None,
            "pageerror": lambda error: self.errors.append(str(error)),
            "request": lambda request: self.requests.append(request.url),
            "requestfailed": lambda request: self.failed.append(f"{request.url}: {request.failure}"),
            "response": lambda answer: self.failed.append(answer.url) if answer.status >= 400 else None,
        }

    def follow(self, page: Page) -> None:
        """Write down what happens in `page` from now on."""
        for event, note in self.notes.items():
            page.on(event, note)
        RECORDS[page] = self

    def leave(self, page: Page) -> None:
        """Write down nothing more of `page`, which another test may have."""
        for event, note in self.notes.items():
            page.remove_listener(event, note)


RECORDS: WeakKeyDictionary[Page, Record] = (
    WeakKeyDictionary()
)  # for a question, which is handed the page alone
