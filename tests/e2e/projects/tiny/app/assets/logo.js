"kept by name"
