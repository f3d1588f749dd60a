"""The physics of the lab, `hopfield.js`, held to `thermolib.mean_field`; wrong variants rejected."""

import numpy as np
import pytest
from bits import Bits, random_bits, shuffled
from pages import ask
from thermolib.boltzmann import boltzmann
from thermolib.ising import spin_states
from thermolib.mean_field import Hopfield
from thermolib.widgets.hopfield_lab import DRAWINGS
from thermolib.widgets.kit.bundle import bundle

SOURCE = bundle("hopfield_lab/hopfield.js")
RANDOM = np.random.default_rng(3).choice([-1, 1], size=(7, 25))
STATES = np.random.default_rng(4).choice([-1, 1], size=(6, 25))


def network(memories, more=""):
    return (
        f"({{ memories, states, T, seed, sweeps }}) => {{"
        f"const network = new physics.Network({memories}), bits = randomBits(seed);"
        f"const uniform = () => bits() / 2 ** 32; {more} }}"
    )


def asked(memories, states=(), *, T=0.0, seed=5, sweeps=1):
    lists = [np.asarray(x).tolist() for x in (memories, states)]
    return {"memories": lists[0], "states": lists[1], "T": T, "seed": seed, "sweeps": sweeps}


# --- what is stored

MEASURED = network(
    "memories",
    """return {
        J: [...network.J],
        of: states.map((s) => {
            const walk = new physics.Walk(network, s, uniform);
            return { fields: [...network.fields(s)], m: network.overlaps(s), E: walk.energy() };
        }),
    };""",
)


def check_network(page):
    """N times Hebb's couplings to the bit, and so the fields; overlaps and energies per unit."""
    for memories in (RANDOM, RANDOM[:1]):
        found, net = ask(page, MEASURED, asked(memories, STATES)), Hopfield(memories)
        J = np.rint(25 * net.J)
        assert found["J"] == J.ravel().tolist()
        for s, of in zip(STATES, found["of"], strict=True):
            assert of["fields"] == (J @ s).tolist()
            assert of["m"] == pytest.approx(net.overlap(s), abs=1e-15)
            assert of["E"] == pytest.approx(net.energy(s) / 25, abs=1e-15)


# --- recall

WALK = network(
    "memories",
    """return states.map((s) => {
        const walk = new physics.Walk(network, s, uniform), seen = [];
        for (let k = 0; k < sweeps && !walk.rests; k++) {
            for (let i = 0; i < s.length; i++) walk.update(T);
            seen.push([...walk.s]);
        }
        return { seen, sweeps: walk.sweeps, rests: walk.rests, fields: [...walk.fields], E: walk.energy() };
    });""",
)


def check_walk(page):
    """The same bits, the same states as thermolib's, after each sweep; at T = 0 as many sweeps to rest."""
    for memories, T, sweeps in (
        (RANDOM[:3], 0, 20),
        (RANDOM, 0, 20),
        (RANDOM[:2], 0, 20),  # where units have no field
        (RANDOM[:3], 0.4, 6),
        (RANDOM, 1.5, 6),
    ):
        net = Hopfield(memories)
        rng = Bits(5)
        for s, found in zip(
            STATES, ask(page, WALK, asked(memories, STATES, T=T, sweeps=sweeps)), strict=True
        ):
            for seen in found["seen"]:
                before, s = s, net.recall(s, T, sweeps=1, rng=rng)
                assert seen == s.tolist()
            assert found["sweeps"] == len(found["seen"]) and found["rests"] == (T == 0)
            assert T > 0 or (before == s).all()
            assert found["fields"] == (np.rint(25 * net.J) @ s).tolist()
            assert found["E"] == pytest.approx(net.energy(s) / 25, abs=1e-15)


def check_tie(page):
    """Two memories that differ in one unit alone: it is coupled to none, feels nothing, and stays."""
    memories = np.array([[1] * 8, [1] * 7 + [-1]])
    for s, found in zip(memories, ask(page, WALK, asked(memories, memories, sweeps=5)), strict=True):
        assert found["fields"][7] == 0 and found["seen"] == [s.tolist()] and found["rests"]


def check_cold(page):
    """At T = .01 no unit of a memory turns, and yet it is not at rest."""
    (found,) = ask(page, WALK, asked(RANDOM[:1], RANDOM[:1], T=0.01, sweeps=4))
    assert found["seen"] == [RANDOM[0].tolist()] * 4 and not found["rests"]


def check_law(page):
    """4000 walks of six units, thirty sweeps each: χ² of 64 states, of mean 63 and variance 126, five s.d."""
    memories = np.array([[1, 1, 1, 1, 1, 1], [1, -1, 1, -1, 1, 1], [1, 1, -1, -1, 1, -1]])
    count = network(
        "memories",
        """const counts = new Array(64).fill(0);
        for (let n = 0; n < 4000; n++) {
            const walk = new physics.Walk(network, physics.coins(6, uniform), uniform);
            for (let k = 0; k < sweeps; k++) walk.sweep(T);
            counts[walk.s.reduce((sum, one) => 2 * sum + (one > 0 ? 1 : 0), 0)]++;
        }
        return counts;""",
    )
    s = spin_states(6).astype(float)
    order = (s > 0) @ 2 ** np.arange(5, -1, -1)
    for T in (0.5, 1.2):
        expected = np.empty(64)
        expected[order] = 4000 * boltzmann(Hopfield(memories).energy(s), T)
        counts = np.array(ask(page, count, asked(memories, T=T, sweeps=30)))
        assert ((counts - expected) ** 2 / expected).sum() < 63 + 5 * np.sqrt(126)


BEGUN = network(
    "memories",
    """const walk = new physics.Walk(network, states[0], uniform);
    while (!walk.rests) walk.sweep(0);
    const before = { s: [...walk.s], sweeps: walk.sweeps };
    for (let k = 0; k < 3; k++) walk.update(0);
    walk.begin(new physics.Network(memories.slice(1)));
    const after = { s: [...walk.s], fields: [...walk.fields], left: walk.order.length, rests: walk.rests };
    walk.turn(2);
    return { before, after, turned: [...walk.s], fields: [...walk.fields] };""",
)


def check_other_couplings(page):
    """The state stays, its fields are the new ones', and a sweep begins; so with a unit turned by hand."""
    found = ask(page, BEGUN, asked(RANDOM, STATES))
    s = np.array(found["before"]["s"])
    J = np.rint(25 * Hopfield(RANDOM[1:]).J)
    assert found["after"] == {"s": s.tolist(), "fields": (J @ s).tolist(), "left": 0, "rests": False}
    s[2] *= -1
    assert found["turned"] == s.tolist() and found["fields"] == (J @ s).tolist()


def check_kept(page):
    """From each memory itself, one after the other, to rest: by thermolib from the same bits."""
    memories = np.random.default_rng(6).choice([-1, 1], size=(12, 49))  # a load of .24: not all are kept
    net, rng = Hopfield(memories), Bits(5)
    ends = np.array([net.recall(memory, sweeps=100, rng=rng) for memory in memories])
    kept = np.diag(net.overlap(ends))
    found = ask(page, network("memories", "return physics.kept(network, uniform);"), asked(memories))
    assert [one["m"] for one in found] == pytest.approx(kept, abs=1e-15) and kept.min() < 0.8 < kept.max()
    assert [one["E"] for one in found] == pytest.approx(net.energy(ends) / 49, abs=1e-15)


# --- cues


def check_cues(page):
    """Fair coins, a part that is left, and noise that turns the first in its order."""
    found = ask(
        page,
        """({ s, seed }) => {
            const bits = randomBits(seed), uniform = () => bits() / 2 ** 32;
            const coins = [...physics.coins(4, uniform)], covered = [...physics.covered(s, 5, uniform)];
            const order = physics.shuffled(9, uniform);
            const noisy = [0, 0.2, 0.5, 1].map((share) => [...physics.noisy(s, share, order)]);
            return { coins, covered, order, noisy, s };
        }""",
        {"s": [1, 1, -1, 1, -1, -1, 1, 1, 1], "seed": 8},
    )
    s, bits = np.array(found["s"]), random_bits(8)
    assert found["s"] == [1, 1, -1, 1, -1, -1, 1, 1, 1]  # what is given stays
    coins = [1 if next(bits) < 2**31 else -1 for _ in range(4 + 9)]
    assert found["coins"] == coins[:4]
    assert found["covered"] == [*s[:5], *coins[9:]]
    assert found["order"] == shuffled(bits, 9)
    for share, noisy in zip((0, 2, 5, 9), found["noisy"], strict=True):
        wanted = s.copy()
        wanted[found["order"][:share]] *= -1
        assert noisy == wanted.tolist()


def check_overlap(page):
    assert ask(page, "() => physics.overlap([1, 1, -1, 1], [1, -1, -1, -1])") == 0
    assert ask(page, "() => physics.overlap([1, 1, -1, 1], [1, 1, -1, -1])") == 0.5


VERDICTS = [
    ([0.1, 0.95, -0.2], "recalled", [1]),
    ([0.1, 0.9], "recalled", [1]),
    ([0.1, -0.9], "negative", [1]),
    ([0.1, 0.89], "near", [1]),
    ([0.7, 0.4, 0.4, 0.4], "near", [0]),
    ([0.5, 0.45, 0.1, -0.52], "mixture", [3, 0, 1]),
    ([0.69, 0.3, 0.3], "mixture", [0, 1, 2]),
    ([0.69, 0.3, 0.29], "near", [0]),
    ([0.49, 0.1, 0.48], "lost", [0]),
    ([-0.1, 0.12], "lost", [1]),
]


def check_verdict(page):
    for overlaps, what, of in VERDICTS:
        assert ask(page, "(overlaps) => physics.verdict(overlaps)", overlaps) == {"what": what, "of": of}


def check_mixture(page):
    """The sign of the sum of three drawings rests near and is called what it is; so is a negative."""
    mixture = np.sign(DRAWINGS[:3].sum(axis=0))
    for s, what, of in ((mixture, "mixture", {0, 1, 2}), (-DRAWINGS[3], "negative", {3})):
        told = network(
            "memories",
            """const walk = new physics.Walk(network, states[0], uniform);
            while (!walk.rests) walk.sweep(0);
            return physics.verdict(network.overlaps(walk.s));""",
        )
        found = ask(page, told, asked(DRAWINGS, [s]))
        assert found["what"] == what and set(found["of"]) == of


CHECKS = [
    check_network,
    check_walk,
    check_tie,
    check_cold,
    check_law,
    check_other_couplings,
    check_kept,
    check_cues,
    check_overlap,
    check_verdict,
    check_mixture,
]


@pytest.mark.parametrize("check", CHECKS)
def test_physics(physics, check):
    check(physics)


FAULTS = {
    "self-coupling left in": ("for (let j = 0; j < i; j++)", "for (let j = 0; j <= i; j++)", check_network),
    "half of the couplings": ("J[N * i + j] = J[N * j + i] +=", "J[N * i + j] +=", check_network),
    "the last memory alone": (
        "J[N * j + i] += memory[i] * memory[j]",
        "J[N * j + i] = memory[i] * memory[j]",
        check_network,
    ),
    "a unit that feels itself": ("-memories.length * one", "0 * one", check_network),
    "a unit that feels itself once": ("-memories.length * one", "-one", check_network),
    "an energy of both signs": ("return -fields.reduce", "return fields.reduce", check_network),
    "each bond twice": ("/ (2 * s.length ** 2)", "/ s.length ** 2", check_network),
    "an energy in total": ("/ (2 * s.length ** 2)", "/ (2 * s.length)", check_network),
    "overlaps in total": ("return sum / a.length;", "return sum;", check_overlap),
    "T forgotten": ("Math.exp(-2 * field / T)", "Math.exp(-2 * field)", check_walk),
    "half the field": ("Math.exp(-2 * field / T)", "Math.exp(-field / T)", check_law),
    "a field N times too large": ("field = fields[i] / N;", "field = fields[i];", check_walk),
    "uphill": ("Math.exp(-2 * field / T)", "Math.exp(2 * field / T)", check_law),
    "uphill at T = 0": ("field > 0 || (field === 0", "field < 0 || (field === 0", check_walk),
    "a unit without a field that turns up": ("(field === 0 && s[i] > 0)", "field === 0", check_tie),
    "a unit without a field that turns": ("field === 0 && s[i] > 0", "field === 0 && s[i] < 0", check_tie),
    "fields of before": ("fields[j] += 2 * s[i] * J[N * i + j];", "fields[j] += 0 * J[i];", check_walk),
    "half of what a turn does": ("fields[j] += 2 * s[i]", "fields[j] += s[i]", check_walk),
    "the order of the pixels": (
        "this.order = shuffled(N, uniform);",
        "this.order = Array.from({ length: N }, (_, k) => k);",
        check_walk,
    ),
    "one order for all sweeps": (
        "this.order = shuffled(N, uniform);",
        "this.order = [...(this.first ??= shuffled(N, uniform))];",
        check_walk,
    ),
    "rest at any temperature": ("!(T > 0) && this.turned", "this.turned", check_cold),
    "no rest": ("!(T > 0) && this.turned === 0", "false", check_walk),
    "rest while units turn": ("!(T > 0) && this.turned === 0", "!(T > 0) && this.turned < 5", check_walk),
    "turns of all sweeps": ("this.turned = 0;", "this.turned ??= 0;", check_walk),
    "rest that outlasts its couplings": (
        "this.rests = false;",
        "this.rests ??= false;",
        check_other_couplings,
    ),
    "fields of the old couplings": (
        "this.fields = network.fields(this.s);",
        "this.fields ??= network.fields(this.s);",
        check_other_couplings,
    ),
    "a sweep of two networks": ("this.order = [];", "this.order ??= [];", check_other_couplings),
    "a memory that is overwritten": (
        "this.s = Int8Array.from(s);",
        "this.s = s;",
        check_kept,
    ),
    "one sweep for all": ("while (!walk.rests && walk.sweeps < most)", "", check_kept),
    "what is kept of the first": (
        "m: overlap(memory, walk.s)",
        "m: overlap(network.memories[0], walk.s)",
        check_kept,
    ),
    "coins that are always up": ("uniform() < 0.5 ? 1 : -1", "uniform() < 2 ? 1 : -1", check_cues),
    "a shuffle of all with all": ("uniform() * (k + 1)", "uniform() * n", check_cues),
    "noise that rounds down": ("Math.round(share * s.length)", "Math.floor(share * s.length)", check_cues),
    "noise on what is given": ("const found = Int8Array.from(s), n", "const found = s, n", check_cues),
    "noise from the other end": ("found[order[k]] *= -1", "found[order.at(-1 - k)] *= -1", check_cues),
    "a part too small": (".slice(0, kept)", ".slice(0, kept - 1)", check_cues),
    "the lower part": (
        "found.set(Array.from(s).slice(0, kept));",
        "found.set(Array.from(s).slice(-kept), s.length - kept);",
        check_cues,
    ),
    "a negative that is no memory": ("overlaps.map(Math.abs)", "overlaps", check_verdict),
    "a negative taken for its memory": (
        'overlaps[first] > 0 ? "recalled"',
        '1 > 0 ? "recalled"',
        check_mixture,
    ),
    "recalled at less": ("RECALLED = 0.9", "RECALLED = 0.85", check_verdict),
    "mixtures of two": ("parts.length > 2", "parts.length > 1", check_verdict),
    "no mixtures": ("parts.length > 2", "parts.length > 9", check_mixture),
    "the farthest first": ("sizes[b] - sizes[a]", "sizes[a] - sizes[b]", check_verdict),
}


@pytest.mark.parametrize("name", FAULTS)
def test_wrong_variant_is_rejected(rejects, name):
    rejects(*FAULTS[name])
