# truth: {"packages": ["click"], "args": ["--times", "x"]}
import click


@click.command()
@click.option("--times", type=int, default=1)
def greet(times):
    click.echo("hi " * times)


greet()
