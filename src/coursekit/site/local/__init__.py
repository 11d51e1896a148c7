"""On this machine: builds the site, serves it, looks for broken links."""
