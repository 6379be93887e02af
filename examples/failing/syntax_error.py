def main()
    return "hello"
