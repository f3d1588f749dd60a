"""The browser's random numbers, written again in Python's integers from the published descriptions."""

from collections.abc import Iterator

ALL = 2**32


def random_bits(seed: int) -> Iterator[int]:
    """Yield the 32-bit numbers of xoshiro128** (Blackman and Vigna), seeded by splitmix32."""

    def spread(z):
        z = (z ^ z >> 16) * 0x21F0AAAD % ALL
        z = (z ^ z >> 15) * 0x735A2D97 % ALL
        return z ^ z >> 15

    def rotl(x, k):
        return (x << k | x >> (32 - k)) % ALL

    s = [spread((seed + k * 0x9E3779B9) % ALL) for k in range(1, 5)]
    while True:
        yield rotl(s[1] * 5 % ALL, 7) * 9 % ALL
        t = s[1] << 9 & 0xFFFFFFFF
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)
