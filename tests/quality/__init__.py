"""How good the effects are, measured on footage with known answers: `make quality`."""
