"""A sweep as its report reads it: responses, indices, what was varied."""
