"""The Risk screen: is anything going wrong now, and is it handled."""
