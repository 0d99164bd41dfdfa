"""Who shops here on the first day, and what did they order?"""

from examples.bank.people import Person
from examples.shop.orders import Order, OrderState

PEOPLE = {
    person.id: person
    for person in [
        Person(id="maya", name="Maya Okafor", locale="en"),
        Person(id="jonas", name="Jonas Keller", locale="en"),
        Person(id="lina", name="Lina Haddad", locale="ar"),
        Person(id="sofia", name="Sofía Marín", locale="es"),
        Person(id="grace", name="Grace Lindqvist", locale="en"),
    ]
}

PACKED, ON_ITS_WAY = OrderState.PACKED, OrderState.ON_ITS_WAY
DELIVERED, LOST = OrderState.DELIVERED, OrderState.LOST

ORDERS = [
    Order(
        id=number.lower(),
        number=number,
        customer=customer,
        name=name,
        state=state,
        ordered_days_ago=ordered,
        due_in_days=due,
    )
    for number, customer, name, state, ordered, due in [
        ("WL10000001", "maya", "Walking boots", ON_ITS_WAY, 4, 1),
        ("WL10000002", "maya", "Rain jacket", PACKED, 1, 3),
        ("WL10000003", "maya", "Water bottle", DELIVERED, 20, -16),
        ("WL10000004", "jonas", "Head torch", ON_ITS_WAY, 10, -5),
        ("WL10000005", "lina", "Trail map", LOST, 9, -2),
        ("WL10000006", "sofia", "Camping stove", ON_ITS_WAY, 3, 2),
        ("WL10000007", "grace", "Wool socks", DELIVERED, 12, -8),
    ]
]
