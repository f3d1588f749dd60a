"""Each value that the course reproduces, in the table that its page reads: agrees, or is known not to."""

import importlib
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2, norm
from thermolib import evidence
from thermolib._results import Estimate
from thermolib.evidence import Case, average, compare, ledger, share, source
from thermolib.exercises.evidence import EXERCISES

from declared import Fault

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "chapters" / "evidence.md"
CHAPTERS = {
    one.name: importlib.import_module(f"thermolib.evidence.{one.name}").CASES
    for one in pkgutil.iter_modules(evidence.__path__)
}
CASES = {f"{chapter}: {case.what}": case for chapter, cases in CHAPTERS.items() for case in cases}
FOUND = {"Newton's method", "closed form", "bisection", "exact sum", "quadrature", "iteration"}
FOUND |= {"search for a maximum"}


@pytest.mark.parametrize("name", CASES)
def test_value(name):
    """It has the digits given, or is within four standard errors; one known to differ still differs."""
    case = CASES[name]
    found = compare(case)
    assert np.isfinite(found.off) or found.agrees
    assert found.agrees != bool(case.why), f"{case.value} in the source, here {found.ours!r}"


def test_no_name_stands_twice():
    """Or else two rows would share their draws."""
    assert len(CASES) == sum(map(len, CHAPTERS.values()))


def test_each_case_draws_by_itself():
    """From a seed of its own, which is the same in each process."""
    seeds = [
        compare(Case(what, "0", lambda seed: Estimate(seed, 1.0), "closed form"), seed=k).ours
        for what, k in (("a", 1), ("a", 2), ("b", 1), ("a", 1))
    ]
    assert len(set(seeds)) == 3 and seeds[0] == seeds[3]


def test_no_value_is_typed_twice():
    """What is sampled is compared with the exact row's value: of three digits or more each stands once."""
    for chapter in CHAPTERS:
        text = (ROOT / "thermolib" / "evidence" / f"{chapter}.py").read_text(encoding="utf8")
        typed = [x for x in re.findall(r'"(-?\d+\.\d+)"', text) if len(x.lstrip("-0.").replace(".", "")) > 2]
        assert len(typed) == len(set(typed)), chapter


def test_the_page_counts_what_is_drawn():
    """Its puzzle and its words are about so many rows, of which none is off by two errors."""
    drawn = [compare(case) for case in CASES.values() if case.drawn and not case.why]
    n = len(drawn)
    page = PAGE.read_text(encoding="utf8")
    expected, none = n * 2 * norm.sf(2), (1 - 2 * norm.sf(2)) ** n
    for text in (
        f"has estimated {n} numbers",
        f"Not one of the {n} is off",
        f"A {n + 1}rd is",
        f"Of {n} one expects ${n}\\cdot0.0455={expected:.1f}$",
        f"$(1-0.0455)^{{{n}}}={none:.2f}$",
        f"** {n}\n",
        f"for $K={n}$",
        f"start={n},",
        f"With {n} comparisons",
    ):
        assert text in page, text
    known = EXERCISES["think-none"]
    assert known.question.startswith(f"None of {n} deviations")
    assert f"Of {n} honest deviations {expected:.1f}" in known.choices[known.answer]
    assert f"{none:.2f}" in known.choices[known.answer]
    off = np.array([one.off for one in drawn])
    assert abs(off).max() < 2
    assert 1 / 40 < chi2.cdf(off @ off, n) < 1 / 25  # "one table in about thirty"


def test_the_page_counts_what_differs():
    """Three of those without chance, and one with it, which is 4 to 5 % off."""
    known = [case for case in CASES.values() if case.why]
    gas = [compare(case).ours for case in known if case.drawn]
    page = PAGE.read_text(encoding="utf8")
    assert len(known) == 4 and len(gas) == 1 and 1.04 < gas[0] < 1.05
    for text in ("three cases that disagree", "Three rows have a cross", "One row has a cross", "4 to 5 %"):
        assert text in page, text


def test_the_page_draws_again():
    """The first year alone is conspicuous, as the page says; all three are not."""
    parts = "entropy", "partition_functions", "boltzmann_machines"
    few = [case for part in parts for case in CHAPTERS[part] if case.drawn]
    off = np.array([[compare(case, seed=year).off for case in few] for year in range(2027, 2030)])
    assert chi2.sf(off[0] @ off[0], len(few)) < 0.01
    assert 0.05 < chi2.sf((off**2).sum(), off.size) < 0.5


def test_the_page_shows_every_chapter():
    page = PAGE.read_text(encoding="utf8")
    for chapter in CHAPTERS:
        assert f"{chapter}.CASES" in page, f"chapters/evidence.md does not show {chapter}"


@pytest.mark.parametrize("name", CASES)
def test_a_source_is_in_the_bibliography_or_a_way_to_find_it(name):
    key = CASES[name].source
    if key not in FOUND:
        entries = re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(encoding="utf8"), re.M)
        assert key in entries, f"{key} is not in references.bib"
        assert re.search(rf"\{{cite:\w+\}}`[^`]*\b{key}\b", PAGE.read_text(encoding="utf8")), (
            f"chapters/evidence.md does not cite {key}"
        )


# The comparison itself -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "ours", "off", "agrees"),
    [
        ("0.6931", 0.693147, 0.47, True),
        ("0.6931", 0.69315, 0.5, True),  # half a unit
        ("0.6931", 0.693151, 0.51, False),
        ("0.6931", 0.69304, -0.6, False),
        ("-2.50", -2.504, -0.4, True),  # the zero counts as a digit
        ("61", 61, 0.0, True),
        ("61", 60, -1.0, False),
        ("1/3", 1 / 3, 0.0, True),
        ("1/3", 1 / 3 * (1 + 1e-12), 1.0, False),
        (np.pi, 3.14159265359, None, True),  # 0.2·10⁻¹² is what is missing, relatively 0.07
        (np.pi, 3.1415926535, None, False),
    ],
)
def test_digits(known, ours, off, agrees):
    found = compare(Case("a number", known, lambda: ours, "closed form"))
    assert found.stderr is None and found.agrees == agrees
    assert off is None or found.off == pytest.approx(off, abs=1e-3)


@pytest.mark.parametrize(("ours", "off", "agrees"), [(1.39, 3.9, True), (0.59, -4.1, False)])
def test_errors(ours, off, agrees):
    found = compare(Case("a mean", "1", lambda seed: Estimate(ours, 0.1), "closed form"))
    assert found.off == pytest.approx(off) and found.agrees == agrees and found.stderr == 0.1


@pytest.mark.parametrize("came", [1.0, Estimate(1.0, 0.0), Estimate(1.0, np.nan), Estimate(1.0, np.inf)])
def test_chance_without_an_error_is_refused(came):
    with pytest.raises(ValueError, match="must be an Estimate with a finite error above 0"):
        compare(Case("a mean", "1", lambda seed: came, "closed form"))


def test_means_and_shares_have_honest_errors():
    """4000 repetitions: the r.m.s. deviation in errors is 1, to √(1/8000) and what n = 50 adds."""
    rng = np.random.default_rng(1)
    means = [average(x) for x in rng.normal(size=(4000, 50))]
    shares = [share(x) for x in rng.random((4000, 400)) < 0.1]
    for found, truth in ((means, 0.0), (shares, 0.1)):
        z = np.array([(value - truth) / error for value, error in found])
        assert np.sqrt(np.mean(z**2)) == pytest.approx(1, abs=0.06)
    assert share([False] * 100).stderr > 0
    assert average([1.0, 3.0]) == Estimate(2.0, 1.0)


def test_a_ledger():
    cases = [
        Case("good", "0.25", lambda: 0.2512, "closed form"),
        Case("bad", "-1.5", lambda: -1.61, "onsager1944"),
    ]
    shown = ledger(map(compare, cases))
    assert [one.cells[1].strip() for one in shown.columns] == [
        "bad (Onsager 1944)",
        "−1.5",
        "−1.61",
        "−1.10 ✗",
    ]
    html = shown._repr_html_()
    assert html.count('role="row"') == 3 and html.count('role="cell"') == 8 == 2 * html.count("columnheader")
    drawn = ledger([compare(Case("mean", "1", lambda seed: Estimate(1.02, 0.011), "closed form"))])
    assert [one.cells[0].strip() for one in drawn.columns[2:]] == ["1.020 ± 0.011", "+1.82"]


def test_names_of_sources():
    assert [source(x) for x in ("amit1985b", "dealmeida1978", "song2020brain", "exact sum")] == [
        "Amit 1985",
        "de Almeida 1978",
        "Song 2020",
        "exact sum",
    ]


def _of(chapter, start):
    """The test of the first case whose name begins so, as pytest writes it."""
    name = next(name for name in CASES if name.startswith(f"{chapter}: {start}"))
    return f"test_value[{name.encode('unicode_escape').decode()}]"


FAULTS = [
    Fault(
        "an error of infinity, which agrees with everything",
        "not 0 < found.stderr < inf",
        "not 0 < found.stderr",
        "test_chance_without_an_error_is_refused",
        file="evidence/__init__.py",
    ),
    Fault(
        "relaxation before the slope is taken",
        "hidden = [one - slope for",
        "hidden = [one - 0.5 * slope for",
        _of("free_energy", "Z-IL"),
        file="evidence/free_energy.py",
    ),
    Fault("half of a unit forgotten", "0.501 if", "1.501 if", "test_digits", file="evidence/__init__.py"),
    Fault(
        "the error of a draw for that of the mean",
        "/ sqrt(x.size))\n\n\ndef share",
        ")\n\n\ndef share",
        "test_means_and_shares_have_honest_errors",
        file="evidence/__init__.py",
    ),
    Fault(
        "Bahadur and Rao's factor for one side's odds",
        "((1 / 3) *",
        "((2 / 3) *",
        _of("entropy", "60 heads in 100: Bahadur"),
        file="evidence/entropy.py",
    ),
    Fault(
        "Schottky's peak for levels of equal weight",
        "np.tanh((x - log_g) / 2)",
        "np.tanh(x / 2)",
        _of("partition_functions", "two upper states: height"),
        file="evidence/partition_functions.py",
    ),
    Fault(
        "walkers that stay at neither end",
        "return j if 0 <= j < 16 else i",
        "return j % 16",
        _of("annealing", "500 walkers cooled linearly"),
        file="evidence/annealing.py",
    ),
    Fault(
        "a bound without the entropy of the weights",
        "- np.log(s) - 0.5",
        "- 0.5",
        _of("bayesian_neural_networks", "two weights: best ELBO"),
        file="evidence/bayesian_neural_networks.py",
    ),
    Fault(
        "a machine with its hidden biases turned",
        "-0.2 * _J)",
        "0.2 * _J)",
        _of("boltzmann_machines", "6 × 4 machine: ln Z"),
        file="evidence/boltzmann_machines.py",
    ),
    Fault(
        "the widths of the best product for those of the pair",
        "(1 - rho**2) * np.eye(2)",
        "np.eye(2)",
        _of("free_energy", "pair with ρ"),
        file="evidence/free_energy.py",
    ),
    Fault(
        "half of Gardner's integral",
        "((1 + kappa**2) * ndtr(kappa) + kappa * density)",
        "((1 + kappa**2) * ndtr(kappa))",
        _of("mean_field", "the same, margin ½"),
        file="evidence/mean_field.py",
    ),
    Fault(
        "an energy without its hottest part",
        "1 - 1 / np.tanh(1 / T) + T",
        "1 - 1 / np.tanh(1 / T)",
        _of("heat_bath", "L = 1 + cos θ, T = 1:"),
        file="evidence/heat_bath.py",
    ),
]
