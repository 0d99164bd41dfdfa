"""Background work: offers, deliveries, actions."""
