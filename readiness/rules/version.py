"""The version of the rules, without the rules: a web worker that judges nothing yet does not load them."""

RULES_VERSION = "17-89"
"""Moves with the checks (their number is its second part) and with what is stored of a verdict: older ones are recomputed."""
