"""What the customer does alone: flows of steps they can leave, resume elsewhere, or escalate."""
