"""The Business screen: course for the year, what earns, what a user costs and brings."""
