"""Results: the document, its files, how two of them compare, and when to doubt them."""
