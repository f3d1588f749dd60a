"""The answers of the pages' exercises once more, a file for each page: see ``ROUTES`` in declared.py."""
