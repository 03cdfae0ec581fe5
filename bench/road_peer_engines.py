"""What each peer answers to the same questions. Runs alone, under the peers' own interpreter:

    python road_peer_engines.py ENGINE TASK problem.npz answers.npz

A task returns the seconds one question took (median) and the answers in tenths of a second.
"""

import json
import statistics
import sys
import time

import numpy as np

NO_WAY = 1 << 30


def timed(questions, ask):
    """Median seconds of asking, and the answers."""
    took, answers = [], []
    for question in questions:
        begun = time.perf_counter()
        answer = ask(question)
        took.append(time.perf_counter() - begun)
        answers.append(answer)
    return statistics.median(took), answers


class Scipy:
    """Compiled Dijkstra; limited to a distance that is doubled until enough are found."""

    few, many = 60, 9

    def __init__(self, p):
        from scipy.sparse import csr_array

        n = len(p["lon"])
        self.n = n
        self.out = csr_array((p["w"].astype(float), (p["src"], p["dst"])), shape=(n, n))
        self.back = self.out.T.tocsr()

    def nearest(self, at, people, k):
        from scipy.sparse.csgraph import dijkstra

        limit = 600.0
        while True:
            times = dijkstra(self.back, indices=at, limit=limit)[people]
            best = np.sort(times)[:k]
            if np.isfinite(best).all() or limit > 1e6:
                return best
            limit *= 2

    def coverage(self, centres):
        from scipy.sparse.csgraph import dijkstra

        return dijkstra(self.back, indices=centres, min_only=True)

    def reach(self, centres, limit):
        from scipy.sparse.csgraph import dijkstra

        return np.isfinite(dijkstra(self.out, indices=centres, limit=limit)).sum(axis=1)

    def matrix(self, origins, destinations):
        from scipy.sparse.csgraph import dijkstra

        return dijkstra(self.out, indices=origins)[:, destinations]


class Networkx:
    """Pure Python."""

    few, many, rows = 5, 3, 5

    def __init__(self, p):
        import networkx as nx

        self.nx = nx
        self.n = len(p["lon"])
        graph = nx.DiGraph()
        graph.add_nodes_from(range(self.n))
        graph.add_weighted_edges_from(zip(p["src"].tolist(), p["dst"].tolist(), p["w"].tolist(), strict=True))
        self.out, self.back = graph, graph.reverse()

    def nearest(self, at, people, k):
        times = self.nx.single_source_dijkstra_path_length(self.back, int(at))
        return np.sort([times.get(int(person), np.inf) for person in people])[:k]

    def coverage(self, centres):
        times = self.nx.multi_source_dijkstra_path_length(self.back, set(centres.tolist()))
        return np.array([times.get(node, np.inf) for node in range(self.n)])

    def reach(self, centres, limit):
        search = self.nx.single_source_dijkstra_path_length
        return np.array([len(search(self.out, int(centre), cutoff=limit)) for centre in centres])

    def matrix(self, origins, destinations):
        rows = [self.nx.single_source_dijkstra_path_length(self.out, int(origin)) for origin in origins]
        return np.array([[times.get(int(node), np.inf) for node in destinations] for times in rows])


class Rustworkx:
    """Rust."""

    few, many, rows = 30, 5, 25

    def __init__(self, p):
        import rustworkx as rx

        self.rx = rx
        self.n = len(p["lon"])
        self.out, self.back = rx.PyDiGraph(multigraph=True), rx.PyDiGraph(multigraph=True)
        for graph, ends in ((self.out, ("src", "dst")), (self.back, ("dst", "src"))):
            graph.add_nodes_from(range(self.n))
            graph.add_edges_from(list(zip(*(p[end].tolist() for end in ends), p["w"].tolist(), strict=True)))
        self.super = None

    def nearest(self, at, people, k):
        times = self.rx.dijkstra_shortest_path_lengths(self.back, int(at), float)
        return np.sort([times[int(person)] if int(person) != at else 0.0 for person in people])[:k]

    def coverage(self, centres):
        if self.super is None:
            self.super = self.back.add_node(-1)
            self.back.add_edges_from([(self.super, int(centre), 0) for centre in set(centres.tolist())])
        times = self.rx.dijkstra_shortest_path_lengths(self.back, self.super, float)
        return np.array([times[node] for node in range(self.n)])

    def matrix(self, origins, destinations):
        rows = [self.rx.dijkstra_shortest_path_lengths(self.out, int(origin), float) for origin in origins]
        return np.array(
            [[0.0 if node == origin else times[node] for node in destinations.tolist()]
             for origin, times in zip(origins.tolist(), rows, strict=True)]
        )  # fmt: skip


class Igraph:
    """C."""

    few, many, rows = 40, 5, 50

    def __init__(self, p):
        import igraph

        self.n = len(p["lon"])
        self.graph = igraph.Graph(n=self.n + 1, edges=np.column_stack([p["src"], p["dst"]]), directed=True)
        self.graph.es["w"] = p["w"].tolist()
        self.joined = False

    def nearest(self, at, people, k):
        nodes, at_node = np.unique(people, return_inverse=True)
        times = np.array(self.graph.distances([int(at)], nodes.tolist(), weights="w", mode="in")[0])
        return np.sort(times[at_node])[:k]

    def coverage(self, centres):
        if not self.joined:
            self.graph.add_edges([(int(centre), self.n) for centre in set(centres.tolist())], {"w": 0})
            self.joined = True
        return np.array(self.graph.distances([self.n], list(range(self.n)), weights="w", mode="in")[0])

    def reach(self, centres, limit):
        times = np.array(self.graph.distances(centres.tolist(), list(range(self.n)), weights="w"))
        return (times <= limit).sum(axis=1)

    def matrix(self, origins, destinations):
        nodes, at = np.unique(destinations, return_inverse=True)
        return np.array(self.graph.distances(origins.tolist(), nodes.tolist(), weights="w"))[:, at]


class Networkit:
    """C++."""

    few, many, rows = 60, 9, 50

    def __init__(self, p):
        import networkit as nk

        self.nk = nk
        nk.setNumberOfThreads(2)
        self.n = len(p["lon"])
        weight = p["w"].astype(float)
        self.out = nk.GraphFromCoo((weight, (p["src"], p["dst"])), n=self.n, weighted=True, directed=True)
        self.back = nk.GraphFromCoo((weight, (p["dst"], p["src"])), n=self.n, weighted=True, directed=True)

    def nearest(self, at, people, k):
        search = self.nk.distance.Dijkstra(self.back, int(at), False)
        search.run()
        return np.sort(np.asarray(search.getDistances(asarray=True))[people])[:k]

    def coverage(self, centres):
        joined = getattr(self, "joined", None)
        if joined is None:
            joined = self.nk.Graph(self.back, True, True)
            source = joined.addNode()
            for centre in set(centres.tolist()):
                joined.addEdge(source, centre, 0.0)
            self.joined, self.source = joined, source
        run = self.nk.distance.Dijkstra(self.joined, self.source, False)
        run.run()
        return np.asarray(run.getDistances(asarray=True))[: self.n]

    def matrix(self, origins, destinations):
        search = self.nk.distance.SPSP(self.out, origins.tolist(), destinations.tolist())
        search.run()
        return np.array([[search.getDistance(o, d) for d in destinations.tolist()] for o in origins.tolist()])


class Pandana:
    """C++; candidates must be set for all beforehand, so every move sets them anew."""

    few, many, rows = 200, 9, 500

    def __init__(self, p):
        import pandana
        import pandas as pd

        self.pd = pd
        self.network = pandana.Network(
            pd.Series(p["lon"]), pd.Series(p["lat"]), pd.Series(p["dst"]), pd.Series(p["src"]),
            pd.DataFrame({"w": p["w"].astype(float)}), twoway=False,
        )  # fmt: skip
        self.lon, self.lat, self.set_for = p["lon"], p["lat"], None

    def set(self, people, k, limit=1e6):
        series = [self.pd.Series(column[people]) for column in (self.lon, self.lat)]
        self.network.set_pois("people", limit, k, *series)

    def matrix(self, origins, destinations):
        pairs = np.repeat(origins, len(destinations)), np.tile(destinations, len(origins))
        # The rows were turned round for `set_pois`, so ask from the other end.
        times = np.array(self.network.shortest_path_lengths(pairs[1], pairs[0]))
        return times.reshape(len(origins), len(destinations))

    def move(self, people, k):
        begun = time.perf_counter()
        self.set(people, k)
        self.network.nearest_pois(1e6, "people", num_pois=k)
        return time.perf_counter() - begun


class RoutingkitCch:
    """C++ by Rust; one author, young."""

    few, many, rows = 200, 9, 500

    def __init__(self, p):
        import routingkit_cch as rk

        self.rk, self.n = rk, len(p["lon"])
        tail, head, self.weights = p["src"].tolist(), p["dst"].tolist(), p["w"].tolist()
        order = rk.compute_order_inertial(self.n, tail, head, p["lat"].tolist(), p["lon"].tolist())
        self.cch = rk.CCH(order, tail, head, False)
        self.metric = rk.CCHMetric(self.cch, self.weights)
        self.pinned = None

    def nearest(self, at, people, k):
        if self.pinned is None or len(people) != self.pinned[0]:
            self.pinned = (len(people), self.rk.CCHManyToOne(self.metric, people.tolist()))
        times = self.pinned[1].distances_to(int(at))
        return np.sort([np.inf if t is None else t for t in times])[:k]

    def matrix(self, origins, destinations):
        search = self.rk.CCHOneToMany(self.metric, destinations.tolist())
        return np.array([search.distances_from(int(origin)) for origin in origins], dtype=float)

    def closure(self):
        self.pinned = None
        updater = self.rk.CCHMetricPartialUpdater(self.cch)
        took = []
        for arc in range(0, len(self.weights), len(self.weights) // 50):
            begun = time.perf_counter()
            updater.apply(self.metric, {arc: NO_WAY})
            took.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        self.metric.reset(self.weights)
        return statistics.median(took), time.perf_counter() - begun


ENGINES = {
    "scipy": Scipy, "networkx": Networkx, "rustworkx": Rustworkx, "igraph": Igraph, "networkit": Networkit,
    "pandana": Pandana, "routingkit-cch": RoutingkitCch,
}  # fmt: skip


def nearest_task(engine, p):
    """Nearest five of many, of few; a move and a closure where the engine has a way of its own."""
    out, k = {}, int(p["k"])
    if isinstance(engine, Pandana):
        out["move"] = engine.move(p["people"], k)
        return out, {}
    answers = {}
    for name in ("people", "taskforce"):
        engine.nearest(p["places"][0], p[name], k)
        took, found = timed(p["places"][: engine.few], lambda at, who=p[name]: engine.nearest(at, who, k))
        out[name], answers[name] = took, np.array(found)
    if isinstance(engine, RoutingkitCch):
        out["closure"], out["all_speeds"] = engine.closure()
    return out, answers


def coverage_task(engine, p):
    """Every node's nearest centre; how many nodes each centre reaches."""
    out, answers = {}, {}
    if isinstance(engine, Pandana):
        engine.set(p["centres"], 1, 2e5)
        everybody, found = timed(
            range(engine.many), lambda _: engine.network.nearest_pois(2e5, "people", num_pois=1)[1]
        )
        return {"coverage": everybody}, {"coverage": np.asarray(found[0])}
    for name, arguments in (("coverage", (p["centres"],)), ("reach", (p["centres"], float(p["limit"])))):
        if hasattr(engine, name):
            ask = getattr(engine, name)
            ask(*arguments)
            out[name], found = timed(range(engine.many), lambda _, ask=ask, words=arguments: ask(*words))
            answers[name] = found[0]
    return out, answers


def matrix_task(engine, p):
    """As many rows as are bearable, and the time of all of them by proportion."""
    rows = min(getattr(engine, "rows", 500), len(p["origins"]))
    begun = time.perf_counter()
    times = engine.matrix(p["origins"][:rows], p["destinations"])
    took = time.perf_counter() - begun
    return {"matrix": took * len(p["origins"]) / rows, "rows": rows}, {"matrix": times}


TASKS = {"nearest": nearest_task, "coverage": coverage_task, "matrix": matrix_task}


def main():
    """Answer one task with one engine."""
    name, task, problem, answers = sys.argv[1:]
    with np.load(problem) as file:
        p = {key: file[key] for key in file.files}
    begun = time.perf_counter()
    engine = ENGINES[name](p)
    prepared = time.perf_counter() - begun
    seconds, found = TASKS[task](engine, p)
    np.savez(answers, **found)
    print(json.dumps({"prepare": prepared, **seconds}))


if __name__ == "__main__":
    main()
