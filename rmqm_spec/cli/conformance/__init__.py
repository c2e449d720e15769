"""``rmqm-spec conformance``: judge an implementation, this one or any other."""
