"""The application: a request goes in, a listener hears of the work, a record comes out."""
