"""Pages and requests, beside lxml, curl, wrk and aiohttp. The server is nginx on loopback with static files."""

import dataclasses
import importlib.util
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import time
from html import unescape as html_unescape


class Nginx:
    """nginx on a free port of loopback; one worker, kept alive, no log."""

    def __init__(self, scratch, folder, log=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        conf = scratch / "nginx.conf"
        access = f"access_log {log} moments" if log else "access_log off"
        conf.write_text(f"""
daemon off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.err; user root;
events {{ worker_connections 1024; }}
http {{ log_format moments '$msec $request_uri'; {access}; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {scratch}/t1; proxy_temp_path {scratch}/t2; fastcgi_temp_path {scratch}/t3;
  uwsgi_temp_path {scratch}/t4; scgi_temp_path {scratch}/t5;
  server {{ listen 127.0.0.1:{self.port}; root {folder}; default_type text/plain; }} }}
""")
        self.child = subprocess.Popen(["nginx", "-c", str(conf)], stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("nginx did not start")

    def stop(self):
        self.child.terminate()
        self.child.wait()


PAGE = """<!DOCTYPE html><html lang="ru-RU"><head><title>%(title)s</title>
<meta property="product:retailer_item_id" content="%(id)d"></head><body>
<script>window.digitalData = {"website":{"regionId":"750000000"}};
window.digitalData.product = {"id":"%(id)d","name":"%(title)s","brand":"Bench"};</script>
<script>BACKEND.state.productId = "%(id)d";
BACKEND.components.item = %(item)s
</script><h1 class="item__heading">%(title)s</h1>%(filling)s</body></html>"""


def measure(argv):
    """Runs one of our jobs by itself, for rows that need something prepared before each round."""
    from bench import run

    return run(argv)


def make_shop(folder, feed, numbers, words, blocks):
    """Writes a page for every number, and a price list of them all."""
    chance = random.Random(2)
    offers = []
    for number in numbers:
        title = f"Чайник электрический {number} 1.7 л"
        item = {"card": {"id": str(number), "title": title, "price": number % 90_000 + 1000,
                         "promoConditions": {"brand": "Bench", "categoryCodes": ["Kettles", "Categories"]}},
                "galleryImages": [], "description": "Слова о товаре. " * chance.randint(*words),
                "specifications": [{"name": f"Группа {g}", "features": [
                    {"code": f"k*{g}{f}", "name": f"Свойство {f}", "featureUnit": None,
                     "featureValues": [{"value": f"значение {f}"}]} for f in range(8)]} for g in range(3)]}
        where = folder / "shop" / "p" / f"-{number}"
        where.mkdir(parents=True)
        (where / "index.html").write_text(PAGE % {
            "id": number, "title": title, "item": json.dumps(item, ensure_ascii=False),
            "filling": "<div class='x'>текст</div>" * chance.randint(*blocks)})
        offers.append(f'<offer sku="{number}_1"><model>{title}</model><availabilities><availability available="yes" '
                      f'storeId="PP1" stockCount="3"/></availabilities><price>{number % 90_000 + 1000}</price></offer>')
    feed.write_text('<?xml version="1.0" encoding="utf-8"?><kaspi_catalog date="x" xmlns="kaspiShopping"><company>B</company>'
                    "<merchantid>1</merchantid><offers>" + "".join(offers) + "</offers></kaspi_catalog>")


def whole_crawl(bench, folder, base):
    """A price list and the page of every card: fetched, read, kept and noted; the peer writes a JSON item each.

    The peer joins nothing and writes no result, so ours is timed to its last page there, and as a whole below.
    """
    count = bench.size(20_000, 1_000)
    feed = bench.scratch / "bench.xml"
    make_shop(folder, feed, range(100_000_000, 100_000_000 + count), (20, 60), (20, 200))
    here = {"number": 0}

    def fresh(job):
        here["number"] += 1
        return measure([*bench.ours(job, base, feed, bench.scratch / f"crawl{here['number']}"), 32])

    peers = {}
    if importlib.util.find_spec("scrapy"):
        peers = {"Scrapy with a JSON item": bench.peer("crawl", "scrapy", base, count, bench.scratch)}
    bench.row(f"crawl {count:,} pages: fetch, read, keep, note", lambda: fresh("crawl-pages"), peers, "pages",
              bar={"Scrapy with a JSON item": 25}, same_check=False)
    bench.row("· the same with joining it all into a result", lambda: fresh("crawl"), {}, "pages")

    def resumed():
        # As a kill before the last line leaves it: every answer is noted, the end is not.
        journal = bench.scratch / "crawl1" / "journal.jsonl"
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(b"".join(line for line in lines if b'"record":"end"' not in line))
        return measure([*bench.ours("crawl", base, feed, bench.scratch / "crawl1"), 32])

    bench.row(f"take up a killed crawl of {count:,} (bytes: requests asked)", resumed, {}, "pages")
    print_time_to_first_page(bench, folder, feed, count)


def print_time_to_first_page(bench, folder, feed, count):
    """A crawl that was killed with a fiftieth to go: from its start to the first page asked, by the server's own log."""
    log = bench.scratch / "access.log"
    server = Nginx(bench.scratch, folder, log)
    spent = []
    try:
        argv = [*bench.ours("crawl", f"http://127.0.0.1:{server.port}", feed, bench.scratch / "killed"), 32]
        measure(argv)
        journal = bench.scratch / "killed" / "journal.jsonl"
        whole = journal.read_bytes().splitlines(keepends=True)
        for _ in range(bench.rounds):
            journal.write_bytes(b"".join(l for l in whole[:len(whole) * 49 // 50] if b'"record":"end"' not in l))
            before, start = log.stat().st_size, time.time()
            measure(argv)
            asked = [line.split() for line in log.read_text()[before:].splitlines() if "/shop/p/" in line]
            spent.append(min(float(moment) for moment, _ in asked) - start)
            twice = len(asked) - len({address for _, address in asked})
        print(f"| · the same with {len(asked):,} of {count:,} to go | | | {sorted(spent)[len(spent) // 2]:.2f} "
              f"to the first page; {twice} asked twice | | | at most 1 |", flush=True)
    finally:
        server.stop()


def memory_of_a_large_crawl(bench, folder, base):
    """Five times as many pages, small ones: what counts is the peak of memory."""
    count = bench.size(100_000, 5_000)
    feed = bench.scratch / "large.xml"
    make_shop(folder, feed, range(200_000_000, 200_000_000 + count), (2, 3), (1, 2))
    argv = [*bench.ours("crawl", base, feed, bench.scratch / "large"), 32]
    rounds, bench.rounds = bench.rounds, 1
    bench.row(f"memory of a crawl of {count:,} pages", argv, {}, "pages")
    bench.rounds = rounds


def rows(bench):
    root = pathlib.Path(__file__).resolve().parents[2]
    data = pathlib.Path(os.environ.get("KASPI_SAMPLE_DATA", root.parent / "shared/data/kaspi"))
    pages = sorted((data / "product-pages").glob("[0-9]*.html"))
    listings = sorted((data / "listing").glob("cards-*.json"))
    if listings:
        times = bench.size(2000, 100)
        bench.row("listing JSON to cards", bench.ours("listing", times, *listings),
                  {"orjson and the same cards": bench.peer("crawl", "orjson-listing", times // 10, *listings),
                   "orjson alone": bench.peer("crawl", "orjson", times, *listings)}, "answers",
                  bar={"orjson and the same cards": 2.5, "orjson alone": 2.5}, same_check=False)
        # Ours leaves what it wrote; the peer reads it once and writes the same bytes again and again.
        written = bench.scratch / "offers.json"
        bench.row("offers to JSON with sorted keys", bench.ours("offers", times, written, *listings),
                  {"orjson": bench.peer("crawl", "orjson-write", times, written)}, "offers", bar={"orjson": 2})
    cabinet = sorted((data / "cabinet-synthetic").glob("offer-view-list-*.json"))
    if cabinet:
        times = bench.size(2000, 100)
        bench.row("cabinet JSON to offers", bench.ours("cabinet", times, *cabinet),
                  {"orjson and the same offers": bench.peer("crawl", "orjson-offers", times // 10, *cabinet),
                   "orjson alone": bench.peer("crawl", "orjson-cabinet", times, *cabinet)}, "answers",
                  bar={"orjson and the same offers": 2.5, "orjson alone": 2.5}, same_check=False)
    if pages:
        times = bench.size(60, 5)
        bench.row("product page to product", bench.ours("pages", 20 * times, *pages),
                  {}, "pages")
        bench.row("the markup of a page without its card", bench.ours("markup", 4 * times, *pages),
                  {"lxml xpath": bench.peer("crawl", "pages", max(1, times // 10), *pages)}, "pages",
                  bar={"lxml xpath": 5}, same_check=False)
    count = bench.size(20_000, 2_000)
    folder = bench.scratch / "www"
    folder.mkdir()
    chance = random.Random(1)
    for number in range(count):
        (folder / str(number)).write_bytes(chance.randbytes(chance.randint(5_000, 20_000)))
    server = Nginx(bench.scratch, folder)
    base = f"http://127.0.0.1:{server.port}"
    try:
        bench.row(f"fetch {count:,} addresses, 32 connections", bench.ours("fetch", base, count, 32),
                  {"curl --parallel": bench.peer("crawl", "curl", base, count),
                   "aiohttp + uvloop": bench.peer("crawl", "aiohttp", base, count),
                   "wrk (one address)": bench.peer("crawl", "wrk", base, count)}, "requests",
                  bar={"curl --parallel": 1.5, "aiohttp + uvloop": 3.3, "wrk (one address)": 0.7}, same_check=False)
        whole_crawl(bench, folder, base)
        memory_of_a_large_crawl(bench, folder, base)
    finally:
        server.stop()


def pages(times, *files):
    from lxml import html

    bodies = [pathlib.Path(f).read_bytes() for f in files]

    def work():
        found = 0
        for _ in range(int(times)):
            for body in bodies:
                tree = html.fromstring(body)
                title = tree.xpath("string(//h1[contains(@class,'item__heading')])")
                terms = tree.xpath("//*[contains(@class,'specifications-list__spec-term-text')]/text()")
                values = tree.xpath("//dd[contains(@class,'specifications-list__spec-definition')]")
                price = tree.xpath("//meta[@property='product:price:amount']/@content")
                images = tree.xpath("//meta[@property='og:image']/@content")
                found += bool(title) + len(terms) + len(values) + len(price) + len(images)
        return int(times) * len(bodies), sum(map(len, bodies)) * int(times), found

    return work


def orjson_answers(read):
    """A job that reads answers again and again; what `read` gives of each is added up as the check."""

    def job(times, *files):
        import orjson

        bodies = [pathlib.Path(f).read_bytes() for f in files]

        def work():
            check = sum(read(orjson.loads(body)["data"]) for _ in range(int(times)) for body in bodies)
            return int(times) * len(bodies), sum(map(len, bodies)) * int(times), check

        return work

    return job


def prices(data):
    return sum(int(card.get("unitSalePrice") or card.get("unitPrice") or 0)
               for card in (data["cards"] if isinstance(data, dict) else data))


def tidy(text):
    """A title or a name: references decoded, blanks collapsed."""
    text = " ".join((html_unescape(text) if "&" in text else text).split())
    return text or None


def brand(text):
    text = text and tidy(text)
    return None if not text or text.lower() in ("без бренда", "нет бренда", "no brand") else text


def plain(address):
    return address.partition("?")[0]


@dataclasses.dataclass(slots=True)
class Card:
    """What ours makes of a card of the listing."""

    id: str
    title: str
    brand: str | None
    price: int | None
    rating: tuple | None
    categories: list
    images: list


def listing_card(card):
    titles = card.get("categoryRu") if isinstance(card.get("categoryRu"), list) else card.get("category") or []
    codes = [code for code in card.get("categoryCodes") or [] if code != "Categories"]
    last = len(titles) - 1
    images = {}
    for image in card.get("previewImages") or []:
        address = image.get("large") or image.get("medium") or image.get("small")
        if address:
            images[plain(address)] = True
    stars = card.get("rating")
    price = card.get("unitSalePrice") or card.get("unitPrice")
    return Card(str(card["id"]), tidy(card["title"]), brand(card.get("brand")), int(price) if price else None,
                (round(stars * 100), card.get("reviewsQuantity")) if stars else None,
                [(codes[last - i] if last - i < len(codes) else None, tidy(title)) for i, title in enumerate(titles)],
                list(images))


def listing_cards(data):
    cards = [listing_card(card) for card in (data["cards"] if isinstance(data, dict) else data)]
    return sum(card.price or 0 for card in cards)


@dataclasses.dataclass(slots=True)
class Line:
    """What ours makes of an entry of the cabinet's list."""

    sku: str
    card: str | None
    title: str | None
    brand: str | None
    stock: list
    price: object
    images: list
    filled: list


WATCHED = ("sku", "masterSku", "title", "images", "availabilities", "available", "allCityPrices", "minPrice",
           "masterCategory")
PICTURES = "https://resources.cdn-kaspi.kz/img/m/p/"


def cabinet_line(offer):
    stock = {}
    for entry in offer.get("availabilities") or []:
        days, count = entry.get("preOrder"), entry.get("stockCount")
        stock.setdefault(entry["storeId"], (
            entry["available"] in (True, "yes"), count if entry.get("stockSpecified", True) and count and count >= 0 else None,
            days if days and 1 <= days <= 30 else None))
    cities = {city: entry["price"] if isinstance(entry, dict) else entry
              for city, entry in (offer.get("allCityPrices") or {}).items()}
    if cities:
        amounts = set(cities.values())
        price = amounts.pop() if len(cities) > 1 and len(amounts) == 1 else cities
    else:
        price = offer.get("minPrice") if offer.get("minPrice") == offer.get("maxPrice") else offer.get("price")
    images = [plain(i) if i.startswith("http") else PICTURES + plain(i) for i in offer.get("images") or [] if i]
    return Line(str(offer["sku"]), offer.get("masterSku"), tidy(offer.get("title") or offer.get("masterTitle") or ""),
                brand(offer.get("brand")), sorted(stock.items()), price, images, [k for k in WATCHED if offer.get(k)])


def cabinet_lines(data):
    return sum(bool(line.sku) for line in [cabinet_line(offer) for offer in data])


def orjson_write(times, file):
    import orjson

    record = orjson.loads(pathlib.Path(file).read_bytes())
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

    def work():
        size = 0
        for _ in range(int(times)):
            size += len(orjson.dumps(record, option=options))
        return int(times) * len(record["offers"]), size, size

    return work


def wrk(base, count):
    def work():
        done = subprocess.run(["wrk", "-t1", "-c32", "-d3s", f"{base}/0"], check=True, capture_output=True, text=True)
        rate = next(float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("Requests/sec"))
        return int(rate * 3), 0, 0

    return work


def scrapy_crawl(base, count, scratch):
    import json as j

    import scrapy
    from scrapy.crawler import CrawlerProcess

    out = pathlib.Path(scratch) / f"items-{os.getpid()}.jl"

    class Spider(scrapy.Spider):
        name = "bench"
        start_urls = [f"{base}/shop/p/-{n}/?c=750000000" for n in range(100_000_000, 100_000_000 + int(count))]

        def parse(self, response):
            text = response.text
            start = text.index("BACKEND.components.item = ") + 26
            yield j.JSONDecoder().raw_decode(text, start)[0]

    def work():
        process = CrawlerProcess({"LOG_ENABLED": False, "CONCURRENT_REQUESTS": 32, "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
                                  "DOWNLOAD_DELAY": 0, "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False,
                                  "FEEDS": {str(out): {"format": "jsonlines"}}})
        process.crawl(Spider)
        process.start()
        items = sum(1 for _ in out.open())
        return items, out.stat().st_size, items

    return work


def curl(base, count):
    config = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"curl-{os.getpid()}.conf"
    config.write_text("".join(f'url = "{base}/{n}"\noutput = "/dev/null"\n' for n in range(int(count))))

    def work():
        done = subprocess.run(
            ["curl", "-sS", "--parallel", "--parallel-max", "32", "-w", "%{size_download}\\n", "-K", str(config)],
            check=True, capture_output=True, text=True)
        config.unlink()
        size = sum(int(line) for line in done.stdout.split())
        return int(count), size, size

    return work


def aiohttp_fetch(base, count):
    import asyncio

    import aiohttp
    import uvloop

    async def all_of_them():
        numbers = iter(range(int(count)))
        size = 0
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32)) as session:
            async def worker():
                nonlocal size
                for number in numbers:
                    async with session.get(f"{base}/{number}") as answer:
                        body = await answer.read()
                        size += len(body)
            await asyncio.gather(*(worker() for _ in range(32)))
        return size

    def work():
        size = uvloop.run(all_of_them())
        return int(count), size, size

    return work


if __name__ == "__main__":
    import measured

    measured.main({"pages": pages, "curl": curl, "aiohttp": aiohttp_fetch, "orjson": orjson_answers(prices),
                   "orjson-listing": orjson_answers(listing_cards), "orjson-offers": orjson_answers(cabinet_lines),
                   "orjson-write": orjson_write,
                   "orjson-cabinet": orjson_answers(lambda offers: sum(bool(o["sku"]) for o in offers)), "wrk": wrk,
                   "scrapy": scrapy_crawl})
