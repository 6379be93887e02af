# truth: {"packages": ["pyyaml"]}
import yaml

print(yaml.safe_load("a: [1, 2.5, yes]\nb: 2024-01-01\n"), yaml.safe_dump({"x": ["ä", None]}, allow_unicode=True))
yaml.safe_load("a: [1")
