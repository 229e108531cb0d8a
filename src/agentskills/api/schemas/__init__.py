"""The shapes of requests and answers, by noun; they are what openapi.json says."""
