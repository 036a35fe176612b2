"""The commands of the command line, a file a topic; cli.py puts them together."""
