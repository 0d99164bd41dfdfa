"""What happens once a human is asked: interactions, offers, context, the timeline."""
