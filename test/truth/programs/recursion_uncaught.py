def endless(n):
    return endless(n + 1)


print("before")
endless(0)
