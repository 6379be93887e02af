# truth: {"packages": ["regex"]}
import regex

print(regex.findall(r"\p{Lu}\p{Ll}+", "Ada and Émile"), regex.sub(r"(?<n>\d+)", r"<\g<n>>", "a1b22"))
print(regex.fullmatch(r"(?:cats){e<=1}", "cat"), regex.split(r"\b", "one two", flags=regex.V1))
