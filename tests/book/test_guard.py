"""No address of another host passes; links that a reader may follow, and the site's own files, do."""

import pytest
from thermobook.guard import in_html, in_style

LOADS = [
    '<img src="https://a.example/x.png">',
    '<img alt="" srcset="x.png 1x, //a.example/x.png 2x">',
    '<script src="//a.example/x.js"></script>',
    "<script type=module>import x from 'https://a.example/x.js'</script>",
    '<script>const m = await import("https://a.example/x.js")</script>',
    '<script>fetch("https://a.example/x.json")</script>',
    '<script>image.src = "https://a.example/x.png"</script>',
    '<script>new WebSocket("wss://a.example")</script>',
    '<script>new EventSource("https://a.example")</script>',
    '<script>new SharedWorker("https://a.example/x.js")</script>',
    '<script>navigator.sendBeacon("https://a.example", 1)</script>',
    '<script>request.open("GET", "https://a.example/x.json")</script>',
    '<meta http-equiv="refresh" content="0; URL=https://a.example">',
    "<meta http-equiv=Refresh content=\"0;url='https://a.example'\">",
    '<link rel="stylesheet" href="https://a.example/x.css">',
    '<link rel="preconnect" href="https://a.example">',
    '<link rel="dns-prefetch" href="//a.example">',
    '<link rel="apple-touch-icon" href="https://a.example/x.png">',
    '<link rel="alternate stylesheet" href="https://a.example/x.css">',
    '<iframe src="http://a.example"></iframe>',
    '<video poster="http://a.example/x.png"></video>',
    '<p style="background: url(https://a.example/x.png)">',
    '<style>@import "https://a.example/x.css";</style>',
    """<p style="background: image-set('https://a.example/x.png' 1x)">""",
    """<style>p {background: image-set(url(x.png) 1x, 'https://a.example/x.png' 2x)}</style>""",
    '<svg><image href="https://a.example/x.png"/></svg>',
    '<svg><image xlink:href="https://a.example/x.png"/></svg>',
    '<span class="a" style="background: url(https://a.example/x.png)">',
    '<span style="background: url(&#47;&#47;a.example&#47;x.png)"></span>',
    '<img alt="a <span class" src="https://a.example/x.png"><span class="a">',
    '<span class="a"><img alt="<span>" src="https://a.example/x.png"></span>',
]
STAYS = [
    '<a href="https://a.example">a link</a>',
    '<link rel="canonical" href="https://a.example/x.html">',
    '<link rel="license" href="https://a.example"><link rel="next" href="https://a.example/2.html">',
    '<meta http-equiv="refresh" content="0; url=chapters/x.html">',
    "<script>location.href = 'https://a.example'; open('https://a.example')</script>",
    "<style>p::after {content: 'https://a.example'}</style>",
    '<img src="../_images/x.png" srcset="x.png 1x">',
    '<img src="data:image/png;base64,AAAA//AAAA">',
    '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>',
    "<script>const x = 'https://a.example'; // a comment</script>",
    "<script type=module>import x from './x.js'</script>",
    "<p>https://a.example</p>",
]


@pytest.mark.parametrize("html", LOADS)
def test_a_load_from_elsewhere_is_found(html: str) -> None:
    assert len(in_html(html)) == 1


@pytest.mark.parametrize("html", STAYS)
def test_what_loads_nothing_from_elsewhere_passes(html: str) -> None:
    assert in_html(html) == []


def test_a_style_sheet() -> None:
    assert in_style("@import url('//a.example/x.css'); p {background: url(x.png)}") == ["//a.example/x.css"]
