"""Prices a parcel."""


def run(inputs):
    return {"parcel": {"price": inputs["parcel"]["weight"] * inputs["rate"]}}
