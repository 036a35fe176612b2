"""Which campaigns worked, for whom, at what price: effects, attribution, money."""
