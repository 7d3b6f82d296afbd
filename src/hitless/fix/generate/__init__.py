"""Whole new files for a repository: each module closes the rules that it names in ``CLOSES``.

``files(repository)`` of each is pure: path to text, empty when nothing is to be done, and never a
path that exists. :mod:`hitless.fix.generate.all` lists the modules without importing them.
"""
