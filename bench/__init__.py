"""Measurements of the product: `make bench` (`QUICK=1`: small sizes). Nothing of the product imports this package."""
