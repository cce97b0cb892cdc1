"""Outside peers: GitHub's own descriptions and recordings, which hold our tests to what GitHub really takes and says."""
