"""Price lists: writing, reading, judging, beside lxml and libxml2 driven from C."""

import os
import pathlib
import subprocess

NS = "{kaspiShopping}"
HERE = pathlib.Path(__file__).resolve().parent


def rows(bench):
    from bench import run

    count = bench.size(1_000_000, 50_000)
    in_c = compiled(bench)
    table, schema = bench.scratch / "offers.tsv", bench.scratch / "kaspishopping.xsd"
    ours, theirs, from_c = (bench.scratch / name for name in ["ours.xml", "lxml.xml", "c.xml"])
    for job in [("pricelist-table", count, table), ("pricelist-schema", schema)]:
        subprocess.run([str(a) for a in bench.ours(*job)], check=True, stdout=subprocess.DEVNULL)
    bench.row(f"write a price list of {count:,} offers", bench.ours("pricelist-write", count, ours),
              {"lxml xmlfile": bench.peer("catalog", "write", table, theirs),
               "libxml2 xmlTextWriter, in C": [in_c, "write", table, from_c],
               "the disk: as many bytes, ready made": bench.peer("catalog", "disk", table, ours, bench.scratch / "disk.xml")}, "offers",
              bar={"lxml xmlfile": 10, "libxml2 xmlTextWriter, in C": 2})
    # Only the encoding's name in the first line is written otherwise.
    if not are_alike(ours, from_c):
        raise SystemExit("the writer in C gave other bytes")
    for name, path, bar in [("our own", ours, 20), ("a foreign", theirs, 8)]:
        bench.row(f"stream {name} price list into offers", bench.ours("pricelist-stream", path),
                  {"lxml iterparse": bench.peer("catalog", "read", path)}, "offers", bar={"lxml iterparse": bar})
    bench.row("read it whole into offers", bench.ours("pricelist-read", ours), {}, "offers")
    bench.row("judge it by our own rules", bench.ours("pricelist-lint", ours),
              {"reading it whole": lambda: run(bench.ours("pricelist-read", ours)).as_one()}, "files",
              bar={"reading it whole": 0.5}, same_check=False)
    bench.row("judge it by the XSD, streaming", bench.ours("pricelist-validate", ours),
              {"libxml2 schema stream, in C": [in_c, "validate", schema, ours]}, "files",
              bar={"libxml2 schema stream, in C": 0.77})


    nights(bench, count)


def nights(bench, count):
    """Whole nights by the program, from the result of a crawl on."""
    shop = bench.scratch / "shop"
    shop.mkdir()
    (shop / "kaspi.yaml").write_text(
        "shops:\n  demo:\n    merchant: \"14000001\"\n    company: Bench\n    city: \"750000000\"\n"
        "    sources:\n      - {kind: feed, url: feed.xml}\n", encoding="utf-8")
    program = (bench.bin / "kaspi-catalog").resolve()
    result = shop / "output" / "demo" / "crawl" / "result.json"

    def crawl(day, changed):
        argv = bench.ours("crawl-make", count, result, changed, f"2026-11-{day}:00Z")
        subprocess.run([str(a) for a in argv], check=True, stdout=subprocess.DEVNULL)

    def publish(day):
        argv = [program, "publish", "--shop", "demo", "--now", f"2026-11-{day}:00Z"]
        return bench.command(count, argv, shop)

    rounds, bench.rounds = bench.rounds, 1
    crawl("20T00:00", 0)
    bench.row(f"publish a first version of {count:,} offers", publish("20T01:00"), {}, "offers")
    crawl("21T00:00", 100)
    bench.row("publish 1% of changes", publish("21T01:00"), {}, "offers")
    for row in bench.table[-2:]:
        print(f"  {row['job']}: {row['peak_mb'] * 2**20 / count:,.0f} bytes of peak memory an offer (bar 600)")
    bench.rounds = rounds
    hours = iter(range(10, 20))

    def unchanged():
        # Each time another crawl with the same facts: a result that was compared already is not read at all.
        hour = next(hours)
        crawl(f"22T{hour}:00", 100)
        return publish(f"22T{hour}:30")()

    bench.row("a night in which nothing changed: plan and publish", unchanged,
              {"reading the crawl": bench.ours("crawl-read", result)}, "offers",
              bar={"reading the crawl": 1 / 1.2}, same_check=False)
    versions = [shop / "output" / "demo" / "versions" / f"00000{n}" for n in [1, 2]]
    bench.row("diff of two versions with 1% changed",
              bench.command(2 * count, [program, "diff", "1", "2", "--shop", "demo"], shop),
              {"reading both catalogs": bench.ours("catalog-read", *versions)}, "offers",
              bar={"reading both catalogs": 1 / 1.5}, same_check=False)


def are_alike(ours, from_c):
    """Block by block: what this process holds is counted as memory of every process that it starts."""
    with open(ours, "rb") as left, open(from_c, "rb") as right:
        block = 1 << 20
        if left.read(block) != right.read(block).replace(b"UTF-8", b"utf-8", 1):
            return False
        while block_of_ours := left.read(block):
            if block_of_ours != right.read(block):
                return False
        return not right.read(1)


def compiled(bench):
    """The peers in C, compiled once."""
    program, source = pathlib.Path(".build/peers/pricelist"), HERE / "c" / "pricelist.c"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libxml-2.0"], check=True, capture_output=True,
                               text=True).stdout.split()
        subprocess.run(["cc", "-O2", "-o", program, source, *flags], check=True)
    return program.resolve()


def write(table, path):
    from lxml import etree

    lines = pathlib.Path(table).read_text(encoding="utf-8").splitlines()
    offers = [line.split("\t") for line in lines]

    def work():
        with etree.xmlfile(path, encoding="utf-8") as out:
            out.write_declaration()
            with out.element("kaspi_catalog", xmlns="kaspiShopping"):
                for name, text in [("company", "Bench"), ("merchantid", "14000001")]:
                    with out.element(name):
                        out.write(text)
                with out.element("offers"):
                    for sku, model, brand, price, *stocks in offers:
                        offer = etree.Element("offer", sku=sku)
                        etree.SubElement(offer, "model").text = model
                        etree.SubElement(offer, "brand").text = brand
                        stores = etree.SubElement(offer, "availabilities")
                        for store, stock in zip(["PP1", "PP2"], stocks):
                            etree.SubElement(stores, "availability", available="no" if stock == "0" else "yes",
                                             storeId=store, stockCount=stock)
                        etree.SubElement(offer, "price").text = price
                        out.write(offer)
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
        return len(offers), os.path.getsize(path), len(offers)

    return work


def disk(table, source, path):
    """What the disk takes for the file alone: its bytes are there, and nothing is made of them."""
    content = pathlib.Path(source).read_bytes()
    with open(table, "rb") as lines:
        count = sum(1 for _ in lines)

    def work():
        pathlib.Path(path).unlink(missing_ok=True)
        with open(path, "wb") as file:
            for start in range(0, len(content), 1 << 18):
                file.write(content[start:start + (1 << 18)])
            file.flush()
            os.fsync(file.fileno())
        return count, len(content), count

    return work


def read(path):
    from lxml import etree

    def work():
        offers, total = [], 0
        for _, element in etree.iterparse(path, tag=NS + "offer"):
            price = int(element.findtext(NS + "price"))
            stores = [(s.get("storeId"), s.get("available") == "yes", int(s.get("stockCount")))
                      for s in element.iter(NS + "availability")]
            offers.append((element.get("sku"), element.findtext(NS + "model"), element.findtext(NS + "brand"),
                           stores, price))
            total += price
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        return len(offers), os.path.getsize(path), total

    return work


if __name__ == "__main__":
    import measured

    measured.main({"write": write, "disk": disk, "read": read})
