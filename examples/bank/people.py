"""Who banks here on the first day, with which cards, and what was charged to them?"""

from datetime import date
from typing import Literal

import msgspec

from examples.bank.cards import Card, CardState
from examples.bank.disputes import Charge


class Person(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    locale: str
    codes: Literal["sms", "in_app"] = "sms"
    """How one-time codes come; `in_app`: no telephone number is known, the app shows them."""


PEOPLE = {
    person.id: person
    for person in [
        Person(id="maya", name="Maya Okafor", locale="en"),
        Person(id="jonas", name="Jonas Keller", locale="en"),
        Person(id="lina", name="Lina Haddad", locale="ar"),
        Person(id="sofia", name="Sofía Marín", locale="es"),
        Person(id="amir", name="Amir Rahimi", locale="en", codes="in_app"),
        Person(id="grace", name="Grace Lindqvist", locale="en"),
    ]
}

SENT, ACTIVE = CardState.SENT, CardState.ACTIVE
BLOCKED, FROZEN = CardState.BLOCKED, CardState.FROZEN
NOVEMBER_17 = date(2026, 11, 17)

CARDS = [
    Card(
        id=id,
        customer=id.partition("-")[0],
        label=label,
        last4=last4,
        expiry=expiry,
        state=state,
        sent_on=NOVEMBER_17 if state is SENT else None,
    )
    for id, label, last4, expiry, state in [
        ("maya-debit", "Everyday debit card", "4417", "2030-11", SENT),
        ("maya-debit-old", "Everyday debit card, old", "4471", "2026-10", ACTIVE),
        ("maya-travel", "Travel credit card", "8821", "2031-04", ACTIVE),
        ("jonas-debit", "Everyday debit card", "7730", "2031-02", BLOCKED),
        ("jonas-credit", "Credit card", "1186", "2031-01", SENT),
        ("jonas-travel", "Travel credit card", "6071", "2031-03", FROZEN),
        ("lina-debit", "Everyday debit card", "5093", "2030-06", SENT),
        ("lina-savings", "Savings card", "3308", "2031-09", ACTIVE),
        ("sofia-debit", "Everyday debit card", "6624", "2030-08", SENT),
        ("sofia-credit", "Credit card", "2250", "2031-07", ACTIVE),
        ("amir-debit", "Everyday debit card", "2905", "2030-12", SENT),
        ("amir-credit", "Credit card", "9914", "2026-03", ACTIVE),
        ("grace-debit", "Everyday debit card", "0362", "2031-05", SENT),
        ("grace-travel", "Travel credit card", "7458", "2030-10", SENT),
    ]
]

CHARGES = [
    Charge(
        id=id,
        customer=card.partition("-")[0],
        card=card,
        merchant=merchant,
        amount=amount,
        days_ago=days_ago,
    )
    for id, card, merchant, amount, days_ago in [
        ("tx-1001", "maya-travel", "Kiosk Lumen", 84.5, 2),
        ("tx-1002", "maya-travel", "Porto Rail", 31, 6),
        ("tx-1003", "maya-travel", "Porto Rail", 31, 6),
        ("tx-1004", "maya-travel", "Streamly", 12.99, 19),
        ("tx-1005", "maya-debit-old", "Villa Azul", 640, 200),
        ("tx-2001", "lina-savings", "Cedar Books", 47.25, 4),
        ("tx-2002", "lina-savings", "Olive & Thyme", 23.4, 11),
        ("tx-3001", "sofia-credit", "Taller Norte", 118, 3),
    ]
]
