"""What an author writes is read: Markdown text -> cells, exercises, predictions, listings."""
