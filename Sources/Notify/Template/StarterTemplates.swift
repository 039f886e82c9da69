// Template lines are as long as the text wants them.
/// The texts that a new workspace starts with: short, polite, and as a real shop would send them.
///
/// The same files lie in the repository's `templates/`; a test holds the two together.
public enum StarterTemplates {
  /// File names and contents, by name.
  public static let all: [TemplateSource] = [
    TemplateSource(
      name: "order_created.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! This is {{shop_name}} on Kaspi.

        Thank you, we have your order No. {{order_code}}.
        {{#items}}
        • {{title}} — {{pieces(quantity)}}
        {{/items}}
        {{#more_items}}
        • and {{more_items}} more {{#one(more_items)}}item{{/one(more_items)}}{{#other(more_items)}}items{{/other(more_items)}}
        {{/more_items}}
        {{#total}}
        Total: {{money(total)}}
        {{/total}}
        How you get it: {{delivery}}{{#city}}, {{city}}{{/city}}
        {{#planned_date}}
        Expected: {{date(planned_date)}}
        {{/planned_date}}

        Any questions? Just reply to this message.
        {{#first_contact}}
        To get no more messages, reply STOP.
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
      name: "order_delivered.en.mustache",
      text: """
        Hello{{#first_name}}, {{first_name}}{{/first_name}}! Your order No. {{order_code}} has arrived. Thank you for choosing {{shop_name}}.

        If anything is wrong with it, reply to this message and we will help.
        {{#review_link}}
        If all is well, we would be glad of your review: {{review_link}}
        {{/review_link}}
        {{#first_contact}}

        To get no more messages, reply STOP.
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
  ]
}
