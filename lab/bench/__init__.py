"""The benchmark: every line of the budget beside its peer, in one run on a real Odoo.

Absolute times move from machine to machine and from minute to minute. What is compared is
therefore measured in turn, several passes of each, and compared pass by pass.
"""
