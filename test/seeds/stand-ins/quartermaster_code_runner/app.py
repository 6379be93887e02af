"""No application: the client goes to Brig."""

app = None
