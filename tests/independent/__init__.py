"""An audit of bills and trails that shares no code with the product."""
