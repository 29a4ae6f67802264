"""The pages on which the team reads and keeps the results framework of a campaign."""
