// Guarantees
