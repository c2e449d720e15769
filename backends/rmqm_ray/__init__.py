"""Ray actors as an executor of rmqm-spec: workers on the nodes of a cluster."""
