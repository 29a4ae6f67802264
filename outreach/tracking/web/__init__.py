"""What is read on the site, counted without a cookie: page views, visits, and whether a page was read to its end."""
