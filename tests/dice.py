"""Two stand-ins for chance: one that walks through every outcome, one that is known to the bit."""

from math import exp

from thermolib import _kernels


class Dice:
    """Walks through every outcome of what is played, each with its probability."""

    def choose(self, probabilities):
        """Return one of 0, 1, …: another one each time that this point of the play is reached."""
        possible = [k for k, p in enumerate(probabilities) if p > 0]
        if len(self.path) == self.step:
            self.path.append(0)
            self.open += [(*self.path[:-1], k) for k in range(1, len(possible))]
        k = possible[self.path[self.step]]
        self.step += 1
        self.weight *= probabilities[k]
        return k

    def maybe(self, p):
        return self.choose([1 - min(p, 1), min(p, 1)])

    def outcomes(self, play):
        """Yield (probability, result) of every way in which `play()` can go."""
        self.open = [()]
        while self.open:
            self.path, self.step, self.weight = list(self.open.pop()), 0, 1.0
            result = play()
            yield self.weight, result

    def load(self, monkeypatch, *loops):
        """Put these dice in place of the kernels' chance, in the named loops as written, uncompiled."""
        for name in loops:
            monkeypatch.setattr(_kernels, name, getattr(_kernels, name).py_func)
        monkeypatch.setattr(_kernels, "chance", lambda state, c, p: self.maybe(p))
        monkeypatch.setattr(_kernels, "climbs", lambda state, c, x: self.maybe(exp(-max(x, 0))))
        monkeypatch.setattr(_kernels, "below", lambda state, c, n: self.choose([1 / n] * n))


class SplitMix:
    """The published generator splitmix64, in Python's integers, and the ways in which it is used."""

    def __init__(self, state):
        self.state = int(state)

    def bits(self):
        """Return 64 random bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return z ^ z >> 31

    def chance(self, p):
        return (self.bits() >> 11) / 2**53 < p

    def climbs(self, x):
        return self.chance(exp(-max(x, 0)))

    def below(self, n):
        return (self.bits() >> 32) * n >> 32

    @staticmethod
    def load(monkeypatch, *loops):
        """Put this generator in place of the kernels' chance, in the named loops as written, uncompiled."""

        def drawn(draw):
            def one(states, c, x):
                roll = SplitMix(states[c])
                result = draw(roll, x)
                states[c] = roll.state
                return result

            return one

        for name in loops:
            monkeypatch.setattr(_kernels, name, getattr(_kernels, name).py_func)
        monkeypatch.setattr(_kernels, "chance", drawn(SplitMix.chance))
        monkeypatch.setattr(_kernels, "climbs", drawn(SplitMix.climbs))
        monkeypatch.setattr(_kernels, "below", drawn(SplitMix.below))
