"""Price lists: reading, writing, judging, beside lxml."""

import os

NS = "{kaspiShopping}"


def rows(bench):
    count = bench.size(100_000, 10_000)
    ours, theirs = bench.scratch / "ours.xml", bench.scratch / "lxml.xml"
    bench.row(f"write a price list of {count:,} offers", bench.ours("pricelist-write", count, ours),
              {"lxml xmlfile": bench.peer("catalog", "write", count, theirs)}, "offers",
              bar={"lxml xmlfile": 10})
    bench.row("read it back into offers", bench.ours("pricelist-read", ours),
              {"lxml iterparse": bench.peer("catalog", "read", ours)}, "offers", bar={"lxml iterparse": 20})


def write(count, path):
    from lxml import etree

    offers = [(f"{100_000_000 + n}_{n % 900_000 + 100_000}", f"Чайник электрический & блюдце {n} чёрный", "Дала",
               n % 40, n % 900_000 + 500) for n in range(int(count))]

    def work():
        with etree.xmlfile(path, encoding="utf-8") as out:
            out.write_declaration()
            with out.element("kaspi_catalog", xmlns="kaspiShopping"):
                with out.element("offers"):
                    for sku, model, brand, stock, price in offers:
                        offer = etree.Element("offer", sku=sku)
                        etree.SubElement(offer, "model").text = model
                        etree.SubElement(offer, "brand").text = brand
                        stores = etree.SubElement(offer, "availabilities")
                        etree.SubElement(stores, "availability", available="yes", storeId="PP1", stockCount=str(stock))
                        etree.SubElement(stores, "availability", available="yes", storeId="PP2", stockCount="3")
                        etree.SubElement(offer, "price").text = str(price)
                        out.write(offer)
        with open(path, "rb+") as file:
            os.fsync(file.fileno())
        return len(offers), os.path.getsize(path), len(offers)

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

    measured.main({"write": write, "read": read})
