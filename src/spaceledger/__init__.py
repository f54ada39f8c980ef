"""A ledger of what every SageMaker shared space costs."""
