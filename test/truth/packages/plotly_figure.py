# truth: {"packages": ["plotly"]}
import plotly.graph_objects as go

figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))
print(figure.to_dict()["data"][0]["y"], len(figure.to_html(include_plotlyjs=False)) > 500)
