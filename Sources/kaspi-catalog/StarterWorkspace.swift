/// What `init` writes.
enum StarterWorkspace {
  /// `.gitignore`: the catalog is tracked, everything else that is made is not.
  static let gitignore = """
    /output/
    /secrets/

    """

  /// A first answer for the knowledge base.
  static let delivery = """
    # Доставка

    Доставляем по городу и по Казахстану через Kaspi Доставку. Срок и стоимость видны при оформлении заказа.

    # Самовывоз

    Заказ можно забрать в магазине после сообщения о готовности. Возьмите с собой номер заказа.

    """

  /// A commented `kaspi.yaml`, set up for the simulator on its own port.
  ///
  /// - Parameter shop: The shop's name.
  /// - Returns: The whole file.
  static func configuration(shop: String) -> String {
    """
    # Workspace of kaspi-catalog and kaspi-notifier. Unknown keys are errors; every value with its origin:
    #   kaspi-catalog config show --origin
    language: ru # of reports: ru, kk, en

    shops:
      \(shop):
        merchant: "14000001" # your seller number in the Kaspi cabinet
        company: "Demo Home" # the shop's name in the price list
        city: "750000000" # Almaty; the city whose prices are read, none is ever assumed
        # Where your offers come from. The first source says which offers exist, the others enrich it.
        # feed: your existing price list, an address or a path below this folder
        # cabinet: your own offers in the cabinet; its cookies in Netscape format, in a file that only you may read
        # listing: your public listing on kaspi.kz
        # sheet: a CSV sheet, an address or a path, with columns SKU, price, PP1, PP2, …
        # As written here, everything comes from the simulator: kaspi-simulator --port 4010 --shop \(shop)
        sources:
          - {kind: feed, url: "http://127.0.0.1:4010/feeds/\(shop).xml"}
          # - {kind: cabinet, url: "https://mc.shop.kaspi.kz", cookies: {file: secrets/cabinet.txt}}
          # - {kind: listing, url: "https://kaspi.kz"}
          # - {kind: sheet, url: "stock.csv"}   # or an address; redirects: [host] where it leads to another host
        # characteristics from product pages; ratings; prices of other sellers; pictures themselves
        enrich: {pages: true, reviews: true, offers: false, images: false}
        endpoints:
          shop: "http://127.0.0.1:4010" # in earnest: https://kaspi.kz
          api: "http://127.0.0.1:4010/shop/api/v2" # in earnest: https://kaspi.kz/shop/api/v2
        pace: {rate: 1, in_flight: 2} # requests a second; keep it for kaspi.kz
        # A night that goes over a limit is not published: the last good price list stays, exit code 4.
        policy:
          max_withdrawn: 5%
          max_price_drop: 20%
          max_price_rise: 50%
          min_coverage: 95%
          max_held_back: 5%
          withdraw_after: 2 # crawls in a row that must miss an offer before it is taken off sale
          archive_after: 90d

    notifier:
      orders:
        token: {env: KASPI_TOKEN} # from the cabinet: Settings, API token. Or {file: PATH}, {command: [...]}
        look_back: 35d
      waha:
        url: "http://127.0.0.1:4010/waha" # in earnest: http://127.0.0.1:3000
        key: {env: WAHA_API_KEY}
        session: default
      locale: ru
      quiet_hours: {from: "21:00", to: "09:00", zone: Asia/Almaty}
      pacing: {gap: 30s..60s, block: 20, block_pause: 5m..10m, hourly: 60, daily: 300, daily_new: 20, typing: true}
      check_numbers: true
      rules:
        order_created: {send: true, delay: 0s, latest: 24h}
        order_delivered: {send: true, delay: 1h, latest: 3d}

    """
  }
}
