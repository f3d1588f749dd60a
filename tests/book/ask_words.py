"""What a page says to those who read its formulae, and to those who cannot see its pictures."""

from reading import bad_formulae, wordless

ASK = {"file": [bad_formulae, wordless], "still": [wordless]}
