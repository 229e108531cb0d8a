"""A register that never answers at the first try."""

_asked = set()


def run(inputs):
    customer = inputs["customer"]["id"]
    if customer not in _asked:
        _asked.add(customer)
        raise TimeoutError("the register did not answer")
    return {"customer": {"name": "Anna Bach"}}
