"""Read a list of the roles that people hold now: bytes in, rows and problems out. Pure: no database, no clock."""

from projects.importers.present.problems import NoList, Problem, sentence
from projects.importers.present.reading import MOST_BYTES, Present, read

__all__ = ["MOST_BYTES", "NoList", "Present", "Problem", "read", "sentence"]
