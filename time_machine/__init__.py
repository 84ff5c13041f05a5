"""Historical faults of released libraries, before and after they were fixed."""
