"""What a race of encoders saves, and how often it is wrong, by simulation on real encoders."""
