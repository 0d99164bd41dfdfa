"""The company's set-up: read from its file or the API, checked, compared, written, told."""
