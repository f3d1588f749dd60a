"""A site that is light: one style sheet of what is used, icons cut out of their fonts, scripts that wait.

The theme and the extensions bring ten style sheets, 95 KB compressed, of which a third is used, and 300 KB of
icons, of which two dozen are. PurgeCSS chooses the rules: it looks for their names in all pages and scripts.
"""

import base64
import posixpath
import re
import subprocess
import zlib
from io import BytesIO
from pathlib import Path

import deno
from fontTools import subset
from sphinx.errors import ExtensionError

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("styles.js")
SHEET = "style.css"  # in _static, of all pages

LINK = re.compile(r'[ \t]*<link\b(?=[^>]*rel="stylesheet")[^>]*href="([^"]*?)_static/([^"?]+)[^"]*"[^>]*>\n?')
IMPORT = re.compile(r'@import "([^"]+)";')
ADDRESS = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)["']?\s*\)""")
COMMENT = re.compile(r"/\*[^!].*?\*/\s*", re.DOTALL)  # but not a licence
ICONS = re.compile(r"src:url\((vendor/fontawesome/webfonts/[\w-]+)\.woff2\)[^;}]*")
ICON = re.compile(r'"\\([0-9a-f]+)"')

# The theme asks each box of code for its width, when the page is there and after every change of it. For that
# the browser lays out one far section after the other, though nobody sees them yet: half a second.
# book.js marks the boxes that are wide, as they come near.
WIDTHS = re.compile(r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)')
SCRIPT = re.compile(r"<script(?=[^>]*\ssrc=)(?![^>]*\s(?:defer|async|type)\b)")
# The icons once more, as a script.
ICON_SCRIPT = re.compile(r'[ \t]*<script[^>]*src="[^"]*/fontawesome\.js[^"]*"[^>]*></script>\n?')
OPTIONS = re.compile(r'<script[^>]*src="[^"]*documentation_options\.js[^"]*"[^>]*></script>')


def lighten(site: Path) -> None:
    """Give the pages of `site` one style sheet in place of theirs, and let no script hold up the text."""
    static = site / "_static"
    for template in static.glob("*.html"):  # the theme leaves its own there
        template.unlink()
    pages = {path: path.read_text(encoding="utf8") for path in sorted(site.rglob("*.html"))}
    sheets = list(dict.fromkeys(name for text in pages.values() for _, name in LINK.findall(text)))
    style = with_icons(used("".join(read(static, name) for name in sheets), site), static)
    (static / SHEET).write_text(style, encoding="utf8")
    options = (static / "documentation_options.js").read_text(encoding="utf8")
    for path, text in pages.items():
        text = one_sheet(ICON_SCRIPT.sub("", text), style)
        # Scripts within the pages add to the options.
        text = OPTIONS.sub(lambda _: f"<script>{options}</script>", text)
        pages[path] = SCRIPT.sub("<script defer", text)
        path.write_text(pages[path], encoding="utf8")
    calm(static / "scripts" / "pydata-sphinx-theme.js")
    scripts = [path.read_text(encoding="utf8") for path in static.rglob("*.js")]
    drop_unnamed(static, "".join([style, *pages.values(), *scripts]))


def calm(script: Path) -> None:
    """Take out of the theme's `script` what asks all boxes for their widths."""
    text, found = WIDTHS.subn("", script.read_text(encoding="utf8"))
    if found != 1:
        raise ExtensionError(f"{script.name} has changed: where does it ask boxes for their widths?")
    script.write_text(text, encoding="utf8")


def drop_unnamed(static: Path, text: str) -> None:
    """Delete the files below `static` whose names are not in `text`: nothing can ask for them."""
    for path in [path for path in static.rglob("*") if path.is_file() and path.name not in text]:
        path.unlink()


def one_sheet(page: str, style: str) -> str:
    """Return `page` with one link, in the place of the first."""
    version = f"{zlib.crc32(style.encode()):08x}"
    first = LINK.search(page)
    if first is None:
        return page
    link = f'<link rel="stylesheet" href="{first[1]}_static/{SHEET}?v={version}" />\n'
    return page[: first.start()] + link + LINK.sub("", page[first.end() :])


def read(static: Path, name: str) -> str:
    """Return the style sheet `name` with what it imports, its addresses counted from `static`."""
    folder = posixpath.dirname(name)

    def place(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    text = COMMENT.sub("", (static / name).read_text(encoding="utf8")).replace('@charset "UTF-8";', "")
    text = ADDRESS.sub(lambda found: f"url({place(found[1])})", text)
    return IMPORT.sub(lambda found: read(static, place(found[1])), text) + "\n"


def used(style: str, site: Path) -> str:
    """Return the rules of `style` that are for something in `site`."""
    command = [deno.find_deno_bin(), "run", "--quiet", "--cached-only", "--frozen"]
    command += ["--allow-env", "--allow-sys", f"--allow-read={ROOT},{site}", str(PROGRAM), site.as_posix()]
    done = subprocess.run(command, cwd=ROOT, input=style, stdout=subprocess.PIPE, check=True, encoding="utf8")
    return done.stdout


def with_icons(style: str, static: Path) -> str:
    """Return `style` with its icon fonts within it, cut to the icons that it names."""
    icons = {int(code, 16) for code in ICON.findall(style)}

    def cut(font: re.Match[str]) -> str:
        return f"src:url(data:font/woff;base64,{cut_font(static / f'{font[1]}.ttf', icons)})"

    return ICONS.sub(cut, style)


def cut_font(path: Path, characters: set[int]) -> str:
    """Return the font at `path` with no other than these `characters`, as WOFF in base 64."""
    options = subset.Options(flavor="woff", hinting=False, layout_features=[])
    font = subset.load_font(path, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    file = BytesIO()
    subset.save_font(font, file, options)
    return base64.b64encode(file.getvalue()).decode()
