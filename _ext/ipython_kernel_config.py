"""How the chapters' kernel draws: SVG, on the page's own ground, the same bytes at every build."""

from traitlets.config import get_config

c = get_config()
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.rc = {"svg.hashsalt": "temperature", "figure.facecolor": "none", "axes.facecolor": "none"}
c.InlineBackend.print_figure_kwargs = {
    "bbox_inches": "tight",
    "facecolor": "none",
    "metadata": {"Date": None},
}
