"""Documents on disk: records, schemas, one reader and one writer that loses nothing."""
