"""The facts an operator decides: read, checked, frozen, swapped whole."""
