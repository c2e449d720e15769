"""What people look at: terminals and notebooks."""
