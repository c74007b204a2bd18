"""What questions and studies are made of: what is asked and answered, variants of a scenario, ranges, outcomes."""
