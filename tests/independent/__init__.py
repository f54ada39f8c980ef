"""An audit of bills that shares no code with the product."""
