"""What does this GitHub answer over HTTP? Its REST API, one file for each part."""
