"""Exercises of the page ``annealed-importance-sampling``."""

from thermolib.exercises import Exercise

EXERCISES = {
    "think-which-number": Exercise(
        question="The number that tells a machine that has learned from one that has memorised",
        answer="the log-likelihood of digits that it was not shown",
        choices={
            "the log-likelihood of digits that it was not shown": (
                "Memorised digits do not help with new ones. To compare two machines, this number needs ln Z."
            ),
            "the log-likelihood of the digits that it was shown": (
                "It praises the memory: it is highest for a machine that dreams the shown digits and nothing else."
            ),
            "how near its dreams come to the digits it was shown": (
                "A dream of a memory is nearer than a new digit would be. Nearness is a sign against it."
            ),
        },
    ),
    "think-planted": Exercise(
        question="ln Z by annealing from the base, where one pattern is 80 % of the dreams",
        answer="a value that is too low, with a small error",
        choices={
            "a value that is too low, with a small error": (
                "The chains agree, because none of them has met the pattern. Their spread cannot show it."
            ),
            "the right value, with a small error": (
                "For that the chains would have to meet one pattern of 2⁶⁴ on their way."
            ),
            "a value with a large error, which warns": (
                "The error is large if some chains meet the pattern and others do not. Here none does."
            ),
        },
    ),
}
