"""The page on which a person sees and changes what we know of them, behind a signed link and without a password."""
