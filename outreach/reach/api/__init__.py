"""The figures for programs: read-only JSON, and the tokens with which a person lets a program read them."""
