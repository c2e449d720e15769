"""What plugs and the package promise each other: small protocols."""
