"""The rules, one room per theme. A rule is a plain function of the world and a row, compiled by numba."""
