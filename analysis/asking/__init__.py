"""What a question is given and gives back, and what several questions share: outcomes, variants, ranges, costs of levers."""
