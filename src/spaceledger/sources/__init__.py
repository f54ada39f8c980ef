"""The outside world: billing exports and trails become files and frozen descriptions of them."""
