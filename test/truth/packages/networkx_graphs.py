# truth: {"packages": ["networkx"]}
import networkx as nx

graph = nx.karate_club_graph()
print(nx.shortest_path(graph, 0, 33), round(nx.average_clustering(graph), 6), nx.is_connected(graph))
print(sorted(nx.pagerank(graph), key=nx.pagerank(graph).get)[-3:])
print(nx.shortest_path(nx.Graph([(1, 2), (3, 4)]), 1, 4))
