"""Ring 2: PyTorch, with the names of ring 1 where the idea is the same."""
