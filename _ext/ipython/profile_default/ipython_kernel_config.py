"""How the chapters' kernel draws: figures as SVG on the page's own ground, and the same bytes at every build."""

c = get_config()  # noqa: F821  (IPython's)
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.rc = {"svg.hashsalt": "temperature", "figure.facecolor": "none", "axes.facecolor": "none"}
c.InlineBackend.print_figure_kwargs = {
    "bbox_inches": "tight",
    "facecolor": "none",
    "metadata": {"Date": None},
}
