"""What a page is made of: HTML of cells and tasks, formulas, type, style, the reference."""
