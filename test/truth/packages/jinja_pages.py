# truth: {"packages": ["jinja2"]}
from jinja2 import Environment, StrictUndefined

env = Environment(autoescape=True, undefined=StrictUndefined)
print(env.from_string("{% for x in xs if x %}<{{ x|upper }}>{% else %}none{% endfor %}").render(xs=["a", "", "<b>"]))
env.from_string("line\n{{ missing.field }}").render()
