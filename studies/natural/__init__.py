"""Does a number without labels order encoders of natural images by their accuracy?"""
