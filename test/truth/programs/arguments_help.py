# truth: {"args": ["--help"]}
import argparse

parser = argparse.ArgumentParser(description="A tool with its own name.")
parser.add_argument("--level", choices=["low", "high"], default="low")
commands = parser.add_subparsers(title="commands")
commands.add_parser("go", help="goes")
parser.parse_args()
