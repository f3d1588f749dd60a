"""What the results say: rows for the printed table and for the book's page. Nothing is measured here."""

import json
from math import log
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().with_name("results.json")


def load(path: Path = RESULTS) -> dict[str, Any]:
    """Return the results that are kept; empty where there are none yet."""
    kept = json.loads(path.read_text(encoding="utf8")) if path.exists() else {}
    return {"works": {}, "growth": {}} | kept


def spread(quartiles: list[float]) -> str:
    """Write a median with its quartiles, three digits each."""
    low, middle, high = ("∞" if x is None else f"{x:.3g}" for x in quartiles)
    return f"{middle} ({low}–{high})"


def verdict(target: dict[str, Any]) -> str:
    """Say whether a target is met: met, missed, or not compared with anyone."""
    if target["met"] is None:
        return "not compared"
    return "met" if target["met"] else "missed"


def targets(results: dict[str, Any]) -> dict[str, list]:
    """Return columns, a row for each target of each work: the table of ratios."""
    rows = [(work, one) for work in results["works"].values() for one in work["targets"]]
    return {
        "work": [work["title"] + ", compiling included" * work["cold"] for work, _ in rows],
        "beside": [one["against"] or one["peer"] for _, one in rows],
        "peer's cost ÷ ours": [spread(one["ratio"]) if one["ratio"] else "–" for _, one in rows],
        "at least": [f"{one['least']:g}" for _, one in rows],
        "target": [verdict(one) for _, one in rows],
    }


def heading(work: dict[str, Any]) -> str:
    """Return a line of Markdown above the table of one work: what it is, how often, and what is noted."""
    threads = "one thread" if work["threads"] == 1 else f"{work['threads']} threads"
    clock = {"cpu": "CPU seconds", "wall": "seconds by the clock"}[work["clock"]]
    compiled = ", compiling included" if work["cold"] else ""
    said = f"**{work['title']}.** {work['repetitions']} rounds, {threads}, {clock}{compiled}."
    return f"{said} {work['note']}".strip()


def machines(results: dict[str, Any]) -> dict[str, list]:
    """Return columns, a row for each machine, day and set of versions: what was measured there."""
    growth = [results["growth"] | {"file": "growth"}] if results["growth"] else []
    rows: dict[str, dict[str, Any]] = {}
    for one in [*results["works"].values(), *growth]:
        key = json.dumps([one["machine"], one["versions"], one["date"]], sort_keys=True)
        rows.setdefault(key, one | {"files": []})["files"].append(one["file"])
    found = list(rows.values())
    return {
        "measured": [", ".join(dict.fromkeys(one["files"])) for one in found],
        "on": [one["date"] for one in found],
        "processor": [f"{one['machine']['processor']}, {one['machine']['cores']} cores" for one in found],
        "versions": [", ".join(f"{name} {v}" for name, v in one["versions"].items()) for one in found],
    }


def remark(one: dict[str, Any]) -> str:
    """Say what stands in the way of a comparison, if anything."""
    return one.get("failed") or one.get("off") or ""


def contenders(work: dict[str, Any]) -> dict[str, list]:
    """Return columns, a row for each contender of one work, ours first and the limits last."""
    order = ["ours", "peer", "limit"]
    rows = sorted(
        work["contenders"].items(),
        key=lambda item: (order.index(item[1]["role"]), item[1].get("cost", [0, None])[1] or float("inf")),
    )
    columns = {
        "who": [f"{name} ({one['role']})" if one["role"] != "peer" else name for name, one in rows],
        "version": [one.get("version") or None for _, one in rows],
        work["unit"]: [spread(one["cost"]) if "cost" in one else None for _, one in rows],
        "compile, s": [f"{one['compile']:.1f}" if "compile" in one else None for _, one in rows],
        "imports, s": [
            f"{one['setup']:.1f}" if work.get("cold") and "setup" in one else None for _, one in rows
        ],
        "z": [f"{one['z']:+.1f}".replace("-", "−") if one.get("z") is not None else None for _, one in rows],
        "error": [f"{one['error'][1]:.2g}" if "error" in one else None for _, one in rows],
        "how": ["; ".join(filter(None, [one["how"], remark(one)])) for _, one in rows],
    }
    return {head: cells for head, cells in columns.items() if any(cells)}


def last_pair(one: dict[str, Any]) -> float:
    """Return the slope of log time against log size between the two largest sizes."""
    (low, high), (less, more) = one["sizes"][-2:], [row[1] for row in one["seconds"][-2:]]
    return log(more / less) / log(high / low)


def growth(results: dict[str, Any]) -> dict[str, list]:
    """Return columns, a row for each kernel: exponents of its time, and that of the algorithm's steps."""
    rows = sorted(results["growth"].get("kernels", {}).values(), key=lambda one: one["place"])
    return {
        "kernel": [one["title"] for one in rows],
        "grows with": [one["size"] for one in rows],
        "from": [min(one["sizes"]) for one in rows],
        "to": [max(one["sizes"]) for one in rows],
        "exponent": ["{:.2f} ± {:.2f}".format(*one["exponent"]) for one in rows],
        "steps": [f"{one['expected']:g}" for one in rows],
        "last pair": [f"{last_pair(one):.2f}" for one in rows],
        "what grows": [one["why"] for one in rows],
    }


def text(columns: dict[str, list]) -> str:
    """Return columns as aligned text."""
    blocks = []
    for head, cells in columns.items():
        lines = [head, *("–" if cell is None else str(cell) for cell in cells)]
        width = max(map(len, lines))
        blocks.append([line.ljust(width) for line in lines])
    return "\n".join("   ".join(line).rstrip() for line in zip(*blocks, strict=True))
