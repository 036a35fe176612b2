"""How fast the parts are, each as a ratio to a reference in the same run: `make bench`."""
