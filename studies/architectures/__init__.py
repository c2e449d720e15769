"""Does a measure order encoders of several architectures, trained in several ways on MNIST?"""
