"""The effects, one file each. `copy.py` is the smallest example of the contract."""
