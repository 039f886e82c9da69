// Template lines are as long as the text wants them.
extension StarterTemplates {
  /// The Russian texts, by event.
  static let russian: [TemplateSource] = [
    TemplateSource(
      name: "order_accepted.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! «{{shop_name}}» собирает ваш заказ № {{order_code}}.
        {{#planned_date}}

        Ожидаемая дата получения: {{date(planned_date)}}.
        {{/planned_date}}
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_cancelled.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Заказ № {{order_code}} в «{{shop_name}}» отменён. Деньги вернёт Kaspi, если они уже списаны.

        Если это ошибка или товар всё ещё нужен, ответьте на это сообщение: поможем.
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_created.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Это магазин «{{shop_name}}» на Kaspi.

        Спасибо, мы получили ваш заказ № {{order_code}}.
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • и ещё {{goods(more_items)}}
        {{/more_items}}
        {{#total}}
        Сумма: {{money(total)}}
        {{/total}}
        Получение: {{delivery}}{{#city}}, {{city}}{{/city}}
        {{#planned_date}}
        Ожидаемая дата: {{date(planned_date)}}
        {{/planned_date}}

        Есть вопрос? Просто ответьте на это сообщение.
        {{#first_contact}}
        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_delivered.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Заказ № {{order_code}} получен. Спасибо, что выбрали «{{shop_name}}».

        Если с покупкой что-то не так, ответьте на это сообщение: поможем.
        {{#review_link}}
        Если всё хорошо, будем рады вашему отзыву: {{review_link}}
        {{/review_link}}
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_handed_over.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Ваш заказ № {{order_code}} из «{{shop_name}}» передан в доставку{{#city}} ({{city}}){{/city}}.
        {{#planned_date}}
        Ожидаемая дата: {{date(planned_date)}}.
        {{/planned_date}}

        Следить за заказом удобно в приложении Kaspi.kz.
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "order_returned.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Возврат по заказу № {{order_code}} оформлен. Деньги вернёт Kaspi.

        Нам жаль, что покупка не подошла. Ответьте, пожалуйста, что было не так: это поможет «{{shop_name}}» стать лучше.
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "ready_for_pickup.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Ваш заказ № {{order_code}} готов к выдаче в «{{shop_name}}».
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • и ещё {{goods(more_items)}}
        {{/more_items}}

        Адрес и часы работы — в заказе в приложении Kaspi.kz. Заберите, пожалуйста, в течение трёх рабочих дней.
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "repeat_offer.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Спасибо, что покупаете в «{{shop_name}}». Если {{#first_item}}«{{shorten(first_item)}}» или другие наши товары{{/first_item}}{{^first_item}}наши товары{{/first_item}} снова понадобятся, они здесь: {{seller_link}}
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
    TemplateSource(
      name: "review_request.ru.mustache",
      text: """
        Здравствуйте{{#first_name}}, {{first_name}}{{/first_name}}! Вы получили заказ № {{order_code}} из «{{shop_name}}»{{#first_item}}: {{shorten(first_item)}}{{/first_item}}. Всё ли в порядке?
        {{#review_link}}

        Будем благодарны за честный отзыв: {{review_link}}
        {{/review_link}}

        Если что-то не так, ответьте нам: поможем.
        {{#first_contact}}

        Не хотите получать сообщения — ответьте СТОП.
        {{/first_contact}}

        """),
  ]
}
