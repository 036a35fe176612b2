"""Weight sets: methods that propose them, strategy profiles, rules that move them."""
