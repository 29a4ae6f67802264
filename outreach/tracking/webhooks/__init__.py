"""What mail providers report by webhook: bounces, complaints, deliveries."""
