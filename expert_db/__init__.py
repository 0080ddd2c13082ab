"""Human capital: the network's members, what they know, who is matched to whom, and what happened."""
