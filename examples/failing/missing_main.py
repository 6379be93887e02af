def mian():
    return "hello"
