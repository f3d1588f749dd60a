"""Measure thermolib beside its peers: ``python benchmarks [FILE …]``, or `make bench`."""

import argparse
from pathlib import Path

import harness
import report


def rounds(text: str) -> int:
    """Read a number of rounds: with one alone there is no spread."""
    if int(text) < 2:
        raise argparse.ArgumentTypeError(f"must be at least 2, got {text}")
    return int(text)


def main() -> None:
    """Measure what was asked for, print it, and put it into the results."""
    known = [*harness.files(), "growth"]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"among {', '.join(known)}; all by default")
    parser.add_argument("--repetitions", type=rounds, help="rounds, in place of each work's own number")
    parser.add_argument("--results", type=Path, default=harness.RESULTS, help="where the numbers go")
    asked = parser.parse_args()
    if unknown := set(asked.files) - set(known):
        parser.error(f"no such work: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in asked.files or known:
        if name == "growth":
            import growth

            print("\n== growth: time against size", flush=True)
            results = report.load(asked.results)
            results["growth"] = growth.measure(repetitions=asked.repetitions)
            harness.save(results, asked.results)
            print(report.text(report.growth(results)))
            continue
        for work in harness.works_of(name):
            print(f"\n== {work.title}", flush=True)
            found = harness.measure(name, work, repetitions=asked.repetitions)
            results = report.load(asked.results)  # after each work: nothing measured is lost
            results["works"][work.name] = found
            harness.save(results, asked.results)
            print(report.text(report.contenders(harness.rounded(found))), flush=True)
    print("\n== ratios: peer's cost ÷ ours, median (quartiles)\n")
    print(report.text(report.targets(report.load(asked.results))))


if __name__ == "__main__":
    main()
