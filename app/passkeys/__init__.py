"""Passkeys: keys in the customers' devices that prove who they are (W3C WebAuthn, level 3).

relying_party.py  what is asked of a browser, and whether its answer holds
challenges.py     random bytes for one signature each
registering.py    a customer adds a passkey, or removes one
proving.py        a customer proves an identity with one
"""
