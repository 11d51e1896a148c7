"""Ring 3: Markdown in, a site with live cells out. Never imports engine or torch."""
