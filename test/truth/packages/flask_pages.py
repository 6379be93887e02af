# truth: {"packages": ["flask"]}
from flask import Flask, request

app = Flask(__name__)


@app.post("/sum")
def add():
    return {"sum": sum(request.json)}


with app.test_client() as client:
    print(client.post("/sum", json=[1, 2, 3]).json, client.get("/nowhere").status)
