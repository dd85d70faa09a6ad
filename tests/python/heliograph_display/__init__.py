"""A display written from docs/wire-format.md alone, to find out whether that page is enough.

It draws nothing: it says what it would show.
"""
