"""The report of a result or sweep: figures, headline, and one page that explains them."""
