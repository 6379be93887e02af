# truth: {"args": ["--count", "many", "name"]}
import argparse

parser = argparse.ArgumentParser(prog="tool", description="A tool.")
parser.add_argument("name")
parser.add_argument("--count", type=int, default=1, help="how many")
parser.parse_args()
