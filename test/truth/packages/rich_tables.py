# truth: {"packages": ["rich"]}
from rich.console import Console
from rich.progress import track
from rich.table import Table

console = Console()
table = Table(title="Prices")
table.add_column("what")
table.add_column("price", justify="right")
table.add_row("[red]tea[/red]", "2.50")
console.print(table, console.size, console.is_terminal, console.encoding)
print(sum(track(range(10), disable=True)))
