"""How dates are written where Django writes them as in the United States: in English and in languages new to it."""
