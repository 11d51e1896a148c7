"""Pages and scripts are run when the site is built, and what came out is kept with its date."""
