"""A small bank: the company whose app, customers and cards the examples use.

It stands where a company's own back end stands, so it knows nothing of Warmline but the wire:
signed requests in (Standard Webhooks), signed tokens out (JWT, JWKS).

    cards.py      what a card is, what activating and freezing it mean
    disputes.py   what a charge is, and a case about one
    case_files.py how the files of a case come here
    actions.py    what Warmline may ask this bank to do
    books.py      what the bank has written down (SQLite)
    people.py     the customers, their cards and charges on the first day
    keys.py       the key that tokens are signed with
    signature.py  whether a request comes from Warmline
    faults.py     failing on purpose, for tests
    server.py     the HTTP side, and the pages under static/
"""
