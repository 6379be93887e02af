print("never")
exec("def f(:\n  pass")
