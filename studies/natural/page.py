def write_results(results, not_measured):
    pass
