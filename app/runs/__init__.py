"""Flow runs between selfservice, which decides, the database and the company's back end.

self_service.py   what a customer does: start, answer, cancel
handover.py       what happens to a run around a human: help, hand-back
back_end.py       the calls that runs ask for, performed under leases
one_time_code.py  the codes that prove who somebody is
waking.py         runs that go on by themselves: waits that are over, reminders
expiry.py         runs that nobody goes on with
knowledge.py      what runs learn of a customer, and need not ask
tallying.py       how they went, counted behind them
insight.py        what these counts say of a flow
log.py            a run as one transaction sees it, and what happens to it next
errors.py         why an answer was not taken
"""
