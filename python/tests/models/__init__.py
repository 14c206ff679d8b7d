"""Small models with the module names and the forward structure of those that users have."""
