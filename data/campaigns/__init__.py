"""What the facts say about campaigns: contacts, arms, journeys, money; counted in the warehouse."""
