"""What the Risk screen reads from facts: fraud, loans over time, interfaces, events, today."""
