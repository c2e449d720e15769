"""Studies: does the number predict? Each is re-run by one command, from data to pages."""
