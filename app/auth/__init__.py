"""Who is calling: sign-in of customers and agents."""
