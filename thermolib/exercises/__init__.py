"""The exercises of the chapters, a module each: what `thermolib.checks` knows of them."""
