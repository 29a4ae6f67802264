"""What was read on the site, for evaluators: visits, which are not people."""
