def run(inputs):
    return {"booking": {"number": f"{inputs['guest']['name'][:1]}-{inputs['nights']}"}}
