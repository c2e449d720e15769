"""Alterations of images: warps, colours, blur and compression, each a path of growing strength."""
