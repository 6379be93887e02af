def main(words):
    return {"count": len(words), "distinct": set(words)}
