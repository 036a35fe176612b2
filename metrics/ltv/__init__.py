"""Lifetime value of users: BG/NBD for how often, Gamma-Gamma for how much.

At a bank a "purchase" is a day with a successful transaction that earned a fee, and its amount
is the fees of that day; the unit of time is the week.
"""
