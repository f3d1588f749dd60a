"""Code in torch keeps to the device of its inputs, and does not look at it in each step.

Without a GPU: on tensors that have shapes, types and a device, but no numbers (torch's own fakes, which
refuse to mix devices as a GPU does), with a watch on all that would make a GPU wait.
"""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from thermolib import _walks, bnn, nets
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

from declared import Fault


class Backend(_DummyBackendModule):
    """What torch.random.fork_rng asks of every device: other packages call it, in the same process."""

    def get_rng_state(self, device):
        return torch.empty(0)

    def set_rng_state(self, state, device):
        pass


# A device that torch knows, and that holds no numbers. It can be made once, and this file is imported a
# second time by those that ask what it declares.
if not hasattr(torch, "elsewhere"):
    _setup_privateuseone_for_python_backend("elsewhere", Backend())
CPU, ELSEWHERE = torch.device("cpu"), torch.device("elsewhere", 0)
HERE = [CPU] + [torch.device("cuda")] * torch.cuda.is_available()  # those that hold numbers
# What brings numbers from the device, or has to wait for them to know a shape
LOOKS = {"__bool__", "__float__", "__int__", "__index__", "__array__", "__contains__", "item", "tolist"}
LOOKS |= {"numpy", "cpu", "cuda", "nonzero", "masked_select", "unique", "is_nonzero", "equal", "allclose"}
LOOKS |= {"argwhere", "bincount"}
# What makes a tensor on the CPU, unless a device is named
MAKES = {"tensor", "as_tensor", "from_numpy", "zeros", "ones", "empty", "full", "arange", "linspace", "eye"}
MAKES |= {"rand", "randn", "randint", "randperm", "normal"}


class Watch(TorchFunctionMode):
    """Lists what looks at a tensor's numbers, moves them, or makes a tensor without saying where.

    Tensors without numbers are looked at by `bool` alone, and are as they should be.
    """

    def __init__(self):
        self.seen = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs, name = kwargs or {}, function.__name__
        if "optim" in Path(sys._getframe(1).f_code.co_filename).parts:  # Adam keeps its counts on the CPU
            return function(*args, **kwargs)
        moves = name == "to" and any(isinstance(one, str | torch.device) for one in (*args, *kwargs.values()))
        index = args[1] if len(args) > 1 and isinstance(args[1], tuple) else args[1:2]
        masked = any(getattr(one, "dtype", None) is torch.bool for one in index)
        by_mask = masked and name in ("__getitem__", "__setitem__")
        listed = name == "where" and len(args) == 1
        if name in LOOKS or moves or by_mask or listed or (name in MAKES and kwargs.get("device") is None):
            self.seen.append(name)
        if name == "__bool__" and args[0].device.type == "elsewhere":
            return True
        if name == "tensor" and kwargs.get("device") == ELSEWHERE:  # a fake cannot be made of numbers
            return torch.empty(np.shape(args[0]), **kwargs)
        return function(*args, **kwargs)


class Elsewhere(torch.Generator):
    """A generator that says it is there."""

    device = ELSEWHERE


def generator(device):
    return Elsewhere() if device == ELSEWHERE else torch.Generator(device).manual_seed(0)


def gauss(w):
    return -(w**2).sum() / 2


class Problem:
    """What is run: on either device, with as many steps as one likes."""

    def __init__(self, device):
        self.device, self.generator = device, generator(device)

    def here(self, *shape):
        return torch.ones(shape, device=self.device)

    def sampler(self, sample, n, log_joint=gauss):
        return sample(log_joint, self.here(3, 4), 0.1, n, T=[1.0, 2.0, 0.5], generator=self.generator)

    def sgld(self, n):
        return self.sampler(bnn.sgld, n)

    def hmc(self, n):
        return self.sampler(bnn.hmc, n)

    def nose_hoover(self, n):
        return self.sampler(bnn.nose_hoover, n)

    def network(self, n):
        f, x = bnn.MLP((1, 1), bias=True), self.here(5, 1)
        return bnn.sgld(
            lambda w: -((f(w, x) - x) ** 2).sum(), self.here(3, f.dim), 0.1, n, generator=self.generator
        )

    def subsampled(self, n):
        part = bnn.Subsampled(gauss, lambda w, y: -((y - w) ** 2).sum(), (self.here(6, 4),), 2)
        return self.sampler(bnn.sgld, n, part)

    def leapfrog(self, n):
        return bnn.leapfrog(gauss, self.here(3, 4), self.here(3, 4), 0.1, n)

    def layer(self, n):
        layer = bnn.BayesianLinear(4, 2, generator=self.generator)
        return [layer(self.here(3, 4)) for _ in range(n)], layer.sample(), layer.kl()

    def elbo(self, n):
        layer = bnn.BayesianLinear(4, 2, generator=self.generator)
        return [bnn.elbo(layer, self.here(3, 4), self.here(3, 2), 0.1, 5) for _ in range(n)]

    def predictive(self, n):
        return bnn.predictive(lambda w, x: x @ w, self.here(n, 4), self.here(3, 4))

    def langevin(self, n):
        return nets.langevin(lambda x: (x**2).sum(-1), self.here(3, 4), 0.1, n, generator=self.generator)

    def slide(self, n):
        net = nets.EnergyNet((4, 3), generator=self.generator)
        return nets.langevin(net, self.here(5, 4), 0.1, n, generator=self.generator)

    def vae(self, n):
        vae = nets.VAE((4, 3, 2), 0.1, generator=self.generator)
        x = self.here(5, 4)
        found = vae.elbo(x, samples=n, generator=self.generator), vae.kl(x)
        return (
            *found,
            vae.log_likelihood(x, n, generator=self.generator),
            vae.sample(n, generator=self.generator),
        )

    def normalised(self, n):
        net = nets.NormalisedNet((4, 3, 2), generator=self.generator)
        w, labels = (
            net.start(3, generator=self.generator),
            torch.ones(5, dtype=torch.long, device=self.device),
        )
        if self.device == ELSEWHERE:  # numbers decide which labels there are
            net._check = lambda labels, x: None
        options = {"protocol": "fixed sphere", "learning_rate": 0.1, "batch_size": 2, "steps": n}
        return nets.fit_normalised(net, w, self.here(5, 4), labels, **options, generator=self.generator)

    def fit_energy(self, n):
        """As many of Langevin's steps in each update."""
        net = nets.EnergyNet((4, 3), generator=self.generator)
        options = {"epochs": 2, "learning_rate": 0.1, "batch_size": 2, "step": 0.1, "steps": n}
        return nets.fit_energy(net, self.here(5, 4), **options, generator=self.generator).walkers

    def fit_vae(self, n):
        """As many updates in one epoch."""
        net = nets.VAE((4, 3, 2), 0.1, generator=self.generator)
        options = {"epochs": 1, "learning_rate": 0.1, "batch_size": 1}
        return nets.fit_vae(net, self.here(n, 4), **options, generator=self.generator).net.parameters()


RUNS = [name for name in vars(Problem) if not name.startswith("_") and name not in ("here", "sampler")]


def tensors(result):
    """Yield the tensors in tuples and lists."""
    if isinstance(result, torch.Tensor):
        yield result
    else:
        for part in result:
            yield from tensors(part)


@pytest.mark.parametrize(
    ("look", "seen"),
    [
        (lambda x, mask: x[mask], True),
        (lambda x, mask: x[:, mask[0]], True),
        (lambda x, mask: x.__setitem__((0, mask[0]), 1.0), True),
        (lambda x, mask: torch.where(mask), True),
        (lambda x, mask: torch.argwhere(mask), True),
        (lambda x, mask: x.to("cpu"), True),
        (lambda x, mask: torch.zeros(3), True),
        (lambda x, mask: (torch.where(mask, x, -x), x[:, 0], x.double(), torch.zeros_like(x)), False),
    ],
)
def test_what_the_watch_sees(look, seen):
    x = torch.ones(2, 2)
    mask = x > 0
    with Watch() as watch:
        look(x, mask)
    assert bool(watch.seen) == seen


@pytest.mark.parametrize("name", RUNS)
def test_no_look_in_a_loop(name):
    """As often with forty steps as with twenty."""
    seen = []
    for n in (20, 40):
        problem = Problem(CPU)
        with Watch() as watch:
            getattr(problem, name)(n)
        seen.append(sorted(watch.seen))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("name", RUNS)
def test_everything_stays_where_the_inputs_are(name, monkeypatch):
    """On a device that holds no numbers; what is traced (from 100 forces on) and what is not."""
    monkeypatch.setattr(nets, "deepcopy", lambda net: net)  # torch cannot copy a network without numbers
    for n in (5, 120):
        with FakeTensorMode():
            problem = Problem(ELSEWHERE)
            with Watch() as watch:
                result = list(tensors(getattr(problem, name)(n)))
        assert {one.device.type for one in result} == {"elsewhere"}
        assert not {"cpu", "cuda", "numpy", "tolist"} & set(watch.seen)


@pytest.mark.parametrize("sample", [bnn.sgld, bnn.hmc, bnn.nose_hoover])
def test_a_look_in_64_steps(sample):
    looks = []
    for n in (64, 64 * 5):
        with Watch() as watch:
            sample(gauss, torch.ones(3, 4), 0.1, n, generator=generator(CPU))
        looks.append(watch.seen.count("__bool__"))
    assert looks[1] == looks[0] + 4


def test_large_states_are_looked_at_more_often():
    """What waits for a look takes 32 MB of doubles at most, or one state."""
    sizes = {1: 64, 2**16: 64, 2**16 + 1: 63, 2**22: 1, 2**23: 1}
    assert {n: _walks.block(torch.empty(n, device="meta")) for n in sizes} == sizes


def test_looks_where_networks_learn():
    """An autoencoder's weights are looked at after an epoch, an energy's in each update, as is its walk."""
    x = torch.rand(12, 4, generator=generator(CPU))
    energy, vae = (
        net((4, 3, 2), 0.5, generator=generator(CPU))
        for net in (lambda w, s, **o: nets.EnergyNet(w[:2], s, **o), nets.VAE)
    )
    options = {"epochs": 1, "learning_rate": 0.01, "generator": generator(CPU)}
    for looks, fit, net, more in (
        (0, nets.fit_vae, vae, {}),
        (2, nets.fit_energy, energy, {"step": 0.1, "steps": 10}),  # the weights, and where a walk ends
    ):
        seen = []
        for size in (6, 3):  # two updates, and four
            with Watch() as watch:
                fit(net, x, batch_size=size, **options, **more)
            seen.append(watch.seen)
        assert len(seen[1]) - len(seen[0]) == 2 * looks, seen


def test_a_generator_elsewhere():
    layer = bnn.BayesianLinear(4, 2, generator=generator(CPU))
    with pytest.raises(ValueError, match="generator must be on the device of the chains, cpu"):
        bnn.elbo(layer, torch.ones(3, 4), torch.ones(3, 2), 0.1, 1, generator=Elsewhere())


def test_a_layer_that_has_moved(monkeypatch):
    """It goes on with a generator where it is, seeded from its own, and looks at nothing after that."""
    layer, given = bnn.BayesianLinear(4, 2, generator=generator(CPU)), Elsewhere()
    with monkeypatch.context() as patch:
        patch.setattr(Elsewhere, "device", torch.device("meta"))
        patch.setattr(bnn._tensors, "generator", lambda none, device: given)
        layer.to("meta")
        assert layer(torch.ones(3, 4, device="meta")).device.type == "meta" and layer.generator is given
        with Watch() as watch:
            layer(torch.ones(3, 4, device="meta"))
        assert not watch.seen
    seed = torch.randint(2**63 - 1, (), generator=after(layer)).item()
    assert given.initial_seed() == seed


def after(layer):
    """A generator that has made such a layer."""
    used = generator(CPU)
    torch.randn(layer.mu.shape, generator=used)
    return used


@pytest.mark.parametrize("device", HERE, ids=str)
@pytest.mark.parametrize("name", RUNS)
def test_on_every_device_that_there_is(name, device):
    result = list(tensors(getattr(Problem(device), name)(120)))
    assert {one.device.type for one in result} == {device.type}
    assert all(one.isfinite().all() for one in result)


LOOP, THERE = "test_no_look_in_a_loop[{}]", "test_everything_stays_where_the_inputs_are[{}]"
FAULTS = [
    Fault(name, text, wrong, test.format(run), file)
    for name, text, wrong, test, run, file in [
        (
            "a number brought from the device in each step",
            "w = w + step * force + kick * run.normal()",
            "w = w + step * force + kick[0].item() * run.normal()",
            LOOP,
            "sgld",
            "bnn.py",
        ),
        (
            "acceptance decided on the CPU",
            "accepted = run.uniform().log() < -rise / run.T\n",
            "accepted = (run.uniform().log().cpu() < -(rise / run.T).cpu()).to(w.device)\n",
            LOOP,
            "hmc",
            "bnn.py",
        ),
        (
            "a number brought to the device in each step",
            "xi = xi + step * ((p**2)",
            "xi = xi + torch.tensor(step) * ((p**2)",
            LOOP,
            "nose_hoover",
            "bnn.py",
        ),
        (
            "examples chosen by a mask",
            "order.topk(self.batch_size).indices",
            "(order <= order.kthvalue(self.batch_size, keepdim=True)[0]).nonzero()[:, 1].reshape(chains, -1)",
            LOOP,
            "subsampled",
            "bnn.py",
        ),
        (
            "a question in each step",
            "            walk.append(x)\n",
            "            walk.append(x if bool(x.isfinite().all()) else x)\n",
            LOOP,
            "langevin",
            "nets.py",
        ),
        (
            "a question in each step of Adam",
            "            adam.step()\n",
            "            adam.step()\n            assert bool(loss.isfinite())\n",
            LOOP,
            "fit_vae",
            "nets.py",
        ),
        (
            "a question in each step of SGD",
            "if len(walk) > size or",
            "if first_infinite(walk) or",
            LOOP,
            "normalised",
            "nets.py",
        ),
        (
            "noise of the CPU",
            "dtype=self.w.dtype, device=self.w.device)\n\n    def uniform",
            "dtype=self.w.dtype)\n\n    def uniform",
            THERE,
            "sgld",
            "_walks.py",
        ),
        (
            "temperatures on the CPU",
            "dtype=w.dtype, device=w.device).expand",
            "dtype=w.dtype).expand",
            THERE,
            "hmc",
            "_walks.py",
        ),
        (
            "weights on the CPU",
            "f.unflatten(torch.empty(f.dim, device=generator.device))",
            "f.unflatten(torch.empty(f.dim))",
            THERE,
            "vae",
            "nets.py",
        ),
        (
            "a layer on the CPU",
            "torch.full(shape, -3.0, device=device)",
            "torch.full(shape, -3.0)",
            THERE,
            "layer",
            "bnn.py",
        ),
        (
            "a readout on the CPU",
            "dtype=torch.float32, device=generator.device)",
            "dtype=torch.float32)",
            THERE,
            "normalised",
            "nets.py",
        ),
        (
            "a kick from the CPU",
            "torch.tensor(x.tolist(), dtype=like.dtype, device=like.device)",
            "torch.tensor(x.tolist(), dtype=like.dtype)",
            THERE,
            "langevin",
            "nets.py",
        ),
    ]
]
