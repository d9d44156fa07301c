"""What Kubernetes does, as pure functions on plain objects: no client, no clock, no words."""
