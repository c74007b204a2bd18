"""What figures, reports and studies read of a result: its runs, one of them again, the points of a sweep."""
