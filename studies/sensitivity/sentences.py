def sentences(document):
    return []
