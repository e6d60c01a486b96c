"""What happens to the catalogue and to the register of an initiative."""
