"""Where the book lives: its repository and its site, each named in one place of ``_config.yml``, or nowhere.

With ``repository: url`` each page has buttons for the repository, for editing and for issues, and a
notebook one for Binder. With ``html: baseurl`` a page says where it is, and has a picture for links to it; a
list of all pages is there for search engines; and the page for wrong addresses knows where the site begins,
else at the host's root.
"""

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")
BINDER = {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
OWN_PLACE = re.compile(r'<meta property="og:url"[^>]*>\n?')


def connect(app: Sphinx) -> None:
    """Read the addresses before the theme does; write the front page."""
    if app.config.html_baseurl:
        app.setup_extension("sphinx_sitemap")  # without an address it would only warn
    app.connect("config-inited", find_repository)
    app.connect("config-inited", find_site)
    app.connect("html-page-context", place_nowhere, priority=900)  # after what adds the tags
    app.connect("build-finished", write_front)


def find_repository(app: Sphinx, config: Config) -> None:
    """Show the buttons that lead to the repository if there is one."""
    known = bool(config.html_theme_options.get("repository_url"))
    options: dict[str, Any] = {**dict.fromkeys(BUTTONS, known), "launch_buttons": BINDER if known else {}}
    config.html_theme_options |= options


def find_site(app: Sphinx, config: Config) -> None:
    """Give links to the site their pictures, which need its address, and the extensions their root."""
    if config.html_baseurl:
        config.html_baseurl = config.html_baseurl.rstrip("/") + "/"
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = ["search.html", "genindex.html", "404.html"]
    config.notfound_urls_prefix = urlsplit(str(config.html_baseurl)).path or "/"
    config.ogp_site_url = config.html_baseurl
    config.ogp_social_cards = {**(config.ogp_social_cards or {}), "enable": bool(config.html_baseurl)}


def place_nowhere(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Without an address, say none."""
    if tree is not None and not app.config.html_baseurl:
        context["metatags"] = OWN_PLACE.sub("", context["metatags"])


def write_front(app: Sphinx, error: Exception | None) -> None:
    """Show the landing page at the site's own address too, the one that people share.

    Jupyter Book would write a bare redirection there: a link to it would have no title, no words, no picture.
    """
    if error or app.builder.format != "html":
        return
    shutil.copyfile(Path(app.outdir) / f"{app.config.root_doc}.html", Path(app.outdir) / "index.html")
