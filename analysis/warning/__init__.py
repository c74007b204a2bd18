"""When coalitions break, and what can be seen of it before."""
