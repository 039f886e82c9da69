"""Pages and requests, beside lxml, curl, wrk and aiohttp. The server is nginx on loopback with static files."""

import os
import pathlib
import random
import socket
import subprocess
import sys
import time


class Nginx:
    """nginx on a free port of loopback; one worker, kept alive, no log."""

    def __init__(self, scratch, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        conf = scratch / "nginx.conf"
        conf.write_text(f"""
daemon off; worker_processes 1; pid {scratch}/nginx.pid; error_log {scratch}/nginx.err; user root;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; keepalive_requests 1000000;
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


def rows(bench):
    root = pathlib.Path(__file__).resolve().parents[2]
    data = pathlib.Path(os.environ.get("KASPI_SAMPLE_DATA", root.parent / "shared/data/kaspi"))
    pages = sorted((data / "product-pages").glob("[0-9]*.html"))
    if pages:
        times = bench.size(60, 5)
        bench.row("product page to product", bench.ours("pages", times, *pages),
                  {"lxml xpath": bench.peer("crawl", "pages", max(1, times // 10), *pages)}, "pages",
                  bar={"lxml xpath": 5}, same_check=False)
    count = bench.size(5_000, 500)
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
                   "aiohttp + uvloop": bench.peer("crawl", "aiohttp", base, count)}, "requests",
                  bar={"curl --parallel": 1.5, "aiohttp + uvloop": 3.3})
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

    measured.main({"pages": pages, "curl": curl, "aiohttp": aiohttp_fetch})
