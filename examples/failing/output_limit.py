def main():
    while True:
        print("the same line again, and again, and again" * 100)
