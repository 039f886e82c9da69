// Template lines are as long as the text wants them.
extension StarterTemplates {
  /// The Kazakh texts, by event.
  static let kazakh: [TemplateSource] = [
    TemplateSource(
      name: "order_accepted.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! «{{shop_name}}» № {{order_code}} тапсырысыңызды жинап жатыр.
        {{#planned_date}}

        Күтілетін күні: {{date(planned_date)}}.
        {{/planned_date}}
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_cancelled.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! «{{shop_name}}» дүкеніндегі № {{order_code}} тапсырыс жойылды. Ақша есептен шығарылған болса, оны Kaspi қайтарады.

        Бұл қателік болса немесе тауар әлі керек болса, осы хабарламаға жауап жазыңыз: көмектесеміз.
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_created.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! Бұл — Kaspi-дегі «{{shop_name}}» дүкені.

        Рақмет, № {{order_code}} тапсырысыңызды алдық.
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • және тағы {{goods(more_items)}}
        {{/more_items}}
        {{#total}}
        Сомасы: {{money(total)}}
        {{/total}}
        Алу жолы: {{delivery}}{{#city}}, {{city}}{{/city}}
        {{#planned_date}}
        Күтілетін күні: {{date(planned_date)}}
        {{/planned_date}}

        Сұрағыңыз бар ма? Осы хабарламаға жауап жаза салыңыз.
        {{#first_contact}}
        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_delivered.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! № {{order_code}} тапсырысыңыз қолыңызға тиді. «{{shop_name}}» дүкенін таңдағаныңызға рақмет.

        Бірдеңе дұрыс болмаса, осы хабарламаға жауап жазыңыз: көмектесеміз.
        {{#review_link}}
        Бәрі жақсы болса, пікіріңізді қуана күтеміз: {{review_link}}
        {{/review_link}}
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_handed_over.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! «{{shop_name}}» дүкеніндегі № {{order_code}} тапсырысыңыз жеткізуге берілді{{#city}} ({{city}}){{/city}}.
        {{#planned_date}}
        Күтілетін күні: {{date(planned_date)}}.
        {{/planned_date}}

        Тапсырысты Kaspi.kz қосымшасынан бақылауға болады.
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_returned.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! № {{order_code}} тапсырыс бойынша қайтару рәсімделді. Ақшаны Kaspi қайтарады.

        Сатып алған тауар ұнамағаны өкінішті. Не дұрыс болмағанын жазып жіберсеңіз, «{{shop_name}}» жақсара түседі.
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "ready_for_pickup.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! № {{order_code}} тапсырысыңыз «{{shop_name}}» дүкенінде дайын.
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • және тағы {{goods(more_items)}}
        {{/more_items}}

        Мекенжай мен жұмыс уақыты Kaspi.kz қосымшасындағы тапсырыста көрсетілген. Үш жұмыс күні ішінде алып кетуіңізді сұраймыз.
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "repeat_offer.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! «{{shop_name}}» дүкенінен сатып алғаныңызға рақмет. {{#first_item}}«{{shorten(first_item)}}» немесе басқа тауарларымыз{{/first_item}}{{^first_item}}Тауарларымыз{{/first_item}} қайта керек болса, мұнда: {{seller_link}}
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "review_request.kk.mustache",
      text: """
        Сәлеметсіз бе{{#first_name}}, {{first_name}}{{/first_name}}! «{{shop_name}}» дүкенінен № {{order_code}} тапсырысты алдыңыз{{#first_item}}: {{shorten(first_item)}}{{/first_item}}. Бәрі дұрыс па?
        {{#review_link}}

        Шынайы пікіріңізге рақмет айтамыз: {{review_link}}
        {{/review_link}}

        Бірдеңе дұрыс болмаса, бізге жазыңыз: көмектесеміз.
        {{#first_contact}}

        Хабарлама алғыңыз келмесе, ТОҚТА деп жауап беріңіз.
        {{/first_contact}}

        """),
  ]
}
