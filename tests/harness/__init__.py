"""What tests stand on: private servers, applications, people, pictures and counters."""
