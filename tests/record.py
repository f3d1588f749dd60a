"""What happens in a page, written down."""

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from playwright.sync_api import Page


@dataclass
class Record:
    """What happened in a page: its console's errors, its requests, and what was measured there."""

    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    measured: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Write down what happens in `page` from now on."""
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(f"{request.url}: {request.failure}"))
        page.on("response", lambda answer: self.failed.append(answer.url) if answer.status >= 400 else None)
        RECORDS[page] = self


RECORDS: WeakKeyDictionary[Page, Record] = (
    WeakKeyDictionary()
)  # for a question, which is handed the page alone
