"""What all widgets share: the host, the slider, random numbers, the look."""
