"""Workers of a Dask cluster as an executor of rmqm-spec."""
