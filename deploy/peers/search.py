"""Search: building an index, asking it, changing a hundredth, beside tantivy, SQLite's FTS5 and bm25s.

All read the same file of products and stem Russian words (FTS5 has no stemmer and gets the words as they are). Tantivy
keeps frequencies, not positions, as ours does; its queries look at the same fields with the same weights. A time of a
query is that of one query in one process, from text to the titles of the ten best.
"""

import json
import os
import shutil
import time

FIELDS = ["title", "brand", "category", "specs", "description"]
# Queries for the slow peers.
FEW = 300
WEIGHTS = {"title": 3, "brand": 2, "category": 1.5, "specs": 1, "description": 0.5}


def rows(bench):
    from bench import run

    count, asked = bench.size(200_000, 10_000), bench.size(2_000, 300)
    corpus, changed = bench.scratch / "corpus.jsonl", bench.scratch / "changed.jsonl"
    plain, hard = bench.scratch / "plain.tsv", bench.scratch / "hard.tsv"
    run(bench.ours("search-make", count, corpus, changed))
    run(bench.ours("search-queries", asked, plain, hard))
    for threads, bar in [(1, 4), (2, 2)]:
        bench.row(f"build an index of {count:,} products, threads: {threads}",
                  bench.ours("search-build", corpus, bench.scratch / f"ours{threads}", threads),
                  {"tantivy": bench.peer("search", "build", corpus, bench.scratch / f"tantivy{threads}", threads)}
                  | ({"FTS5": bench.peer("search", "fts_build", corpus, bench.scratch / "fts.db"),
                      "bm25s": bench.peer("search", "bm25s_build", corpus, bench.scratch / "bm25s")} if threads == 1 else {}),
                  "products", bar={"tantivy": bar})
    ours, tantivy = bench.scratch / "ours1", bench.scratch / "tantivy1"
    size = {name: sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
            for name, folder in [("ours", ours), ("tantivy", tantivy)]}
    print(f"| · bytes on disk | | {size['ours'] / 1e6:,.1f} | | tantivy {size['tantivy'] / 1e6:,.1f} MB | | "
          f"{size['ours'] / size['tantivy']:.2f} | at most 1.35 |", flush=True)

    times = {}
    jobs = {
        "plain, by words alone": (bench.ours("search-ask", ours, plain, 10), None),
        "plain, as `search` finds": (bench.ours("search-find", ours, plain), None),
        "hard, as `search` finds": (bench.ours("search-find", ours, hard), None),
        "tantivy": (bench.peer("search", "ask", tantivy, plain), None),
        "FTS5": (bench.peer("search", "fts_ask", bench.scratch / "fts.db", plain), None),
        "bm25s": (bench.peer("search", "bm25s_ask", bench.scratch / "bm25s", plain), None),
    }
    for _ in range(bench.rounds):
        for name, (argv, _) in jobs.items():
            times.setdefault(name, []).append(latencies(argv))
    middle = {n: [sorted(t[i] for t in ts)[len(ts) // 2] for i in (0, 1)] for n, ts in times.items()}
    print("\n| query | p50 ms | p99 ms | of tantivy's p50 | of its p99 |\n|---|--:|--:|--:|--:|")
    for name, (p50, p99) in middle.items():
        print(f"| {name} | {p50 * 1e3:.3f} | {p99 * 1e3:.3f} | {p50 / middle['tantivy'][0]:.2f} "
              f"| {p99 / middle['tantivy'][1]:.2f} |", flush=True)
    easy, slow = middle["plain, as `search` finds"], middle["hard, as `search` finds"]
    print(f"| hard by plain | {slow[0] / easy[0]:.2f} | {slow[1] / easy[1]:.2f} | | at most 5 |")
    program = bench.bin / "kaspi-catalog"
    starts = {"": [program, "--version"]} | {text: [program, "search", "--index", ours, "--json", text]
                                             for text in queries(plain)[:5]}
    whole = {text: sorted(bench.command(1, argv, bench.scratch)().seconds for _ in range(15))[7]
             for text, argv in starts.items()}
    print(f"\n`kaspi-catalog search` as a whole process, medians of 15 for five queries: "
          f"{min(v for t, v in whole.items() if t) * 1e3:.0f} to {max(whole.values()) * 1e3:.0f} ms "
          f"(at most 15); `--version`: {whole[''] * 1e3:.0f} ms", flush=True)
    exact = run(bench.ours("search-exact", ours, plain))
    print(f"\noverlap@10 with the scores of all documents: {exact.check / exact.items:.4f}\n")
    bench.table.append({"job": "queries", "milliseconds": {n: [p * 1e3 for p in ps] for n, ps in middle.items()},
                        "overlap": exact.check / exact.items, "bytes": size})

    def change():
        # Back to the base first, which is not measured: every round changes the same hundredth.
        run(bench.ours("search-update", corpus, ours, 2))
        return run(bench.ours("search-update", changed, ours, 2))

    bench.row("make a changed hundredth searchable", change,
              {"tantivy, told which": bench.peer("search", "update", corpus, changed, tantivy),
               "tantivy, finding which": bench.peer("search", "find_update", corpus, changed, tantivy)}, "products",
              bar={"tantivy, told which": 1}, same_check=False)


def latencies(argv):
    import subprocess

    text = subprocess.run([str(a) for a in argv], check=True, capture_output=True).stdout.decode()
    line = json.loads(text.strip().splitlines()[-1])
    return line["p50"], line["p99"]


def lines(path):
    with open(path, "rb") as file:
        for line in file:
            yield json.loads(line)


def specs(product):
    return " ".join(f"{s['name']} {s['value']}" for s in product["specs"])


def queries(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t", 1)[1] for line in file]


def folder_size(folder):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))


def timed(texts, answer):
    """Asks everything once to warm up and once with a clock."""

    def work():
        for text in texts:
            answer(text)
        spent = []
        for text in texts:
            start = time.perf_counter()
            answer(text)
            spent.append(time.perf_counter() - start)
        spent.sort()
        print(json.dumps({"p50": spent[len(spent) // 2], "p99": spent[min(len(spent) - 1, len(spent) * 99 // 100)]}))
        raise SystemExit(0)

    return work


# tantivy

def tantivy_index(folder, make=False):
    import tantivy

    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).filter(
        tantivy.Filter.stemmer("Russian")).build()
    if make:
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        schema = tantivy.SchemaBuilder().add_text_field("sku", stored=True, tokenizer_name="raw")
        for name in FIELDS:
            schema.add_text_field(name, stored=name in ("title", "brand", "category"), tokenizer_name="ru",
                                  index_option="freq")
        index = tantivy.Index(schema.add_integer_field("price", stored=True).build(), str(folder))
    else:
        index = tantivy.Index.open(str(folder))
    index.register_tokenizer("ru", words)
    return index


def tantivy_document(product):
    import tantivy

    return tantivy.Document(sku=product["sku"], title=product["title"], brand=product["brand"],
                            category=product["category"], price=product["price"], specs=specs(product),
                            description=product["description"])


def build(corpus, folder, threads):
    def work():
        index, count = tantivy_index(folder, make=True), 0
        writer = index.writer(heap_size=300_000_000 * int(threads), num_threads=int(threads))
        for product in lines(corpus):
            writer.add_document(tantivy_document(product))
            count += 1
        writer.commit()
        writer.wait_merging_threads()
        return count, folder_size(folder), count

    return work


def differing(corpus, changed):
    with open(corpus, "rb") as old, open(changed, "rb") as new:
        return [json.loads(b) for a, b in zip(old, new) if a != b]


def find_update(corpus, changed, folder):
    """The same, with the file of all products to start from, as ours has."""
    return update(corpus, changed, folder, finds=True)


def update(corpus, changed, folder, finds=False):
    """The lines that differ are deleted and added; found before the clock runs, unless that is asked for."""
    known = None if finds else differing(corpus, changed)

    def work():
        products = differing(corpus, changed) if known is None else known
        index = tantivy_index(folder)
        writer = index.writer(heap_size=600_000_000, num_threads=2)
        for product in products:
            writer.delete_documents_by_term("sku", product["sku"])
            writer.add_document(tantivy_document(product))
        writer.commit()
        index.reload()
        index.searcher()
        # As many products as ours has afterwards, so that rates compare times.
        return index.searcher().num_docs, folder_size(folder), len(products)

    return work


def ask(folder, asked):
    index = tantivy_index(folder)
    searcher = index.searcher()

    def answer(text):
        query = index.parse_query(text, FIELDS, field_boosts=WEIGHTS)
        return [searcher.doc(address)["title"] for _, address in searcher.search(query, 10).hits]

    return timed(queries(asked), answer)


# SQLite

def fts_build(corpus, path):
    import sqlite3

    def work():
        if os.path.exists(path):
            os.remove(path)
        db, count = sqlite3.connect(path), 0
        db.execute("create virtual table products using fts5(sku unindexed, title, brand, category, specs, "
                   "description, tokenize='unicode61')")
        for p in lines(corpus):
            db.execute("insert into products values (?, ?, ?, ?, ?, ?)",
                       (p["sku"], p["title"], p["brand"], p["category"], specs(p), p["description"]))
            count += 1
        db.commit()
        db.close()
        return count, os.path.getsize(path), count

    return work


def fts_ask(path, asked):
    import sqlite3

    db = sqlite3.connect(path)

    def answer(text):
        words = " OR ".join('"' + word.replace('"', "") + '"' for word in text.split())
        return db.execute("select title from products where products match ? "
                          "order by bm25(products, 0, 3, 2, 1.5, 1, 0.5) limit 10", (words,)).fetchall()

    return timed(queries(asked)[:FEW], answer)


# bm25s

def stemmed(texts):
    import bm25s
    import Stemmer

    return bm25s.tokenize(texts, stopwords=None, stemmer=Stemmer.Stemmer("russian"), show_progress=False)


def bm25s_build(corpus, folder):
    import bm25s

    def work():
        texts, titles = [], []
        for p in lines(corpus):
            titles.append(p["title"])
            texts.append(f"{p['title']} {p['brand']} {p['category']} {specs(p)} {p['description']}")
        retriever = bm25s.BM25()
        retriever.index(stemmed(texts), show_progress=False)
        retriever.save(folder, corpus=titles)
        return len(texts), folder_size(folder), len(texts)

    return work


def bm25s_ask(folder, asked):
    import bm25s

    retriever = bm25s.BM25.load(folder, load_corpus=True)
    return timed(queries(asked)[:FEW],
                 lambda text: retriever.retrieve(stemmed([text]), k=10, show_progress=False))


if __name__ == "__main__":
    import measured

    measured.main({"build": build, "update": update, "find_update": find_update, "ask": ask, "fts_build": fts_build, "fts_ask": fts_ask,
                   "bm25s_build": bm25s_build, "bm25s_ask": bm25s_ask})
