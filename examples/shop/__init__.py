"""A small shop: what its customers ordered, where it is, and what is done when it is late or lost.

Like the bank it stands where a company's own back end stands; what both need is in
`examples/acting.py`, `examples/answer_book.py`, and those modules of the bank that name no bank.

    orders.py     what an order is, where it is, and what can be done about it
    actions.py    what Warmline may ask this shop to do
    books.py      what the shop has written down (SQLite)
    people.py     the customers and their orders on the first day
    server.py     the HTTP side
"""
