"""An irreversible effect whose end nobody hears of."""


def run(inputs):
    raise ConnectionError("the bank closed the connection")
