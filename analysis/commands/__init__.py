"""The command line: a file for each command, what they have in common, and the process that a command is."""
