"""What a table of encoders says: how well each measure orders them by accuracy, and how surely."""
