"""The temporal network of a result: waves of joining, how long ties last, churn, communities, core and periphery, brokers."""
